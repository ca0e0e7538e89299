"""One row for a caller: what every view that is about one thing asks first."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from whatsapp_api.accounts.audit.draft import audit_about
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.core.errors import ApiError

from .access import role_too_low

M = TypeVar("M", bound=Model)


def visible_get(
    visible: Callable[[Scope | None], QuerySet[M]], user: User | AnonymousUser, row_id: uuid.UUID, *, gone: ApiError
) -> M:
    """The row among those `visible` to the caller with a scope (None: the one that the request needs).

    403 for who may look but not do this, `gone` for all others, whether it exists or not. The audit trail learns whose
    row the request is about; rows belong to a workspace.
    """
    row = visible(None).filter(pk=row_id).first()
    if row is not None:
        _audit(row)
        return row
    needed = authority_of(user).needed
    seen = visible(Scope.READ).filter(pk=row_id).first() if needed != Scope.READ else None
    if seen is None:
        raise gone
    _audit(seen)
    raise role_too_low(needed)


def not_found(noun: str) -> ApiError:
    """The answer for what is not there, or not for you. `noun`: as errors name it, such as `broadcast`."""
    code = f"{noun.replace(' ', '_')}_not_found"
    return ApiError(code, f"There is no {noun} with this id that you may see.", http_status=404)


def _audit(row: Any) -> None:
    audit_about(row.workspace_id)
