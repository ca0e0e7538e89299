"""Reading sessions. Rows of other workspaces and deleted rows do not exist for the caller."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.selectors import workspace_ids
from whatsapp_api.core.errors import ApiError

from .models import Session


def sessions_visible(user: User | AnonymousUser) -> QuerySet[Session]:
    """Every session that this user may see."""
    return Session.objects.filter(deleted_at=None, workspace_id__in=workspace_ids(user))


def session_get(user: User | AnonymousUser, session_id: uuid.UUID) -> Session:
    """One visible session; 404 for all others, whether they exist or not."""
    session = sessions_visible(user).filter(pk=session_id).first()
    if session is None:
        raise session_gone()
    return session


def session_current(session_id: uuid.UUID) -> Session:
    """The session as it is now, whoever asks."""
    session = Session.objects.filter(pk=session_id, deleted_at=None).first()
    if session is None:
        raise session_gone()
    return session


def session_gone() -> ApiError:
    """The answer for what is not there, or not for you."""
    return ApiError("session_not_found", "There is no session with this id that you may see.", http_status=404)


def session_workspaces(session_ids: Iterable[uuid.UUID], workspaces: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The workspace of each of these sessions, as far as they are in `workspaces`."""
    rows = Session.objects.filter(deleted_at=None, pk__in=list(session_ids), workspace_id__in=list(workspaces))
    return dict(rows.values_list("pk", "workspace_id"))
