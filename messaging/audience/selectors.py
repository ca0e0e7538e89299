"""Reading the audience. Rows of other workspaces do not exist for the caller."""

import uuid
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from whatsapp_api.accounts.api.rows import not_found, visible_get
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope

from .models import Addressee, RecipientList, Segment

M = TypeVar("M", bound=Model)


def visible(model: type[M], user: User | AnonymousUser, scope: Scope | None = None) -> QuerySet[M]:
    """Rows with which the caller may do what the request is about; what is being deleted is gone."""
    rows = model._default_manager.filter(workspace_id__in=authority_of(user).workspaces(scope))
    return rows.filter(deleted_at=None) if hasattr(model, "deleted_at") else rows


def row_get(model: type[M], user: User | AnonymousUser, row_id: uuid.UUID, *, noun: str) -> M:
    """One row; 404 unless visible, 403 for who may look but not do this. `noun`: as errors name it."""
    return visible_get(lambda scope: visible(model, user, scope), user, row_id, gone=not_found(noun))


def addressees_of_list(row: RecipientList) -> QuerySet[Addressee]:
    return Addressee.objects.filter(memberships__list=row)


def addressees_of_segment(row: Segment) -> QuerySet[Addressee]:
    from .segments import matching

    return matching(Addressee.objects.filter(workspace_id=row.workspace_id), row.rules)
