"""Reading sessions. Rows of other workspaces and deleted rows do not exist for the caller."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from whatsapp_api.accounts.api.rows import not_found, visible_get
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.errors import ApiError

from .models import Session


def sessions_visible(user: User | AnonymousUser, scope: Scope | None = None) -> QuerySet[Session]:
    """Every session to which the caller may do what the request is about (or `scope`)."""
    authority = authority_of(user)
    rows = Session.objects.filter(deleted_at=None, workspace_id__in=authority.workspaces(scope))
    return rows if authority.sessions is None else rows.filter(pk__in=authority.sessions)


def session_get(user: User | AnonymousUser, session_id: uuid.UUID) -> Session:
    """One such session; 403 when the caller may only look at it, 404 for all others, whether they exist or not."""
    return visible_get(lambda scope: sessions_visible(user, scope), user, session_id, gone=session_gone())


def session_current(session_id: uuid.UUID) -> Session:
    """The session as it is now, whoever asks."""
    session = Session.objects.filter(pk=session_id, deleted_at=None).first()
    if session is None:
        raise session_gone()
    return session


def session_gone() -> ApiError:
    """The answer for what is not there, or not for you."""
    return not_found("session")


def session_workspaces(session_ids: Iterable[uuid.UUID], workspaces: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The workspace of each of these sessions, as far as they are in `workspaces`."""
    rows = Session.objects.filter(deleted_at=None, pk__in=list(session_ids), workspace_id__in=list(workspaces))
    return dict(rows.values_list("pk", "workspace_id"))
