"""What a role allows over REST."""

import uuid

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import ValidationError

from whatsapp_api.accounts.audit.draft import audit_about
from whatsapp_api.accounts.authority import authority_of
from whatsapp_api.accounts.models import User
from whatsapp_api.accounts.scopes import Scope
from whatsapp_api.accounts.selectors import default_workspace_id, workspace_ids
from whatsapp_api.core.errors import ApiError


def role_too_low(scope: Scope) -> ApiError:
    """The caller sees the thing, but may not do this to it."""
    return ApiError(
        "role_too_low",
        f"Your role does not allow this here (it needs `{scope}`); ask the workspace's owner for a higher one.",
        http_status=403,
    )


def require_writer(user: User | AnonymousUser, workspace_id: uuid.UUID) -> None:
    """403 unless the caller holds, in this workspace, the scope that the request needs."""
    authority = authority_of(user)
    if workspace_id not in authority.workspaces():
        raise role_too_low(authority.needed)


def workspace_chosen(user: User | AnonymousUser, workspace_id: uuid.UUID | None) -> uuid.UUID:
    """Where a new thing goes: the named workspace if the caller may do this there, else the default one."""
    if workspace_id is None:
        workspace_id = default_workspace_id(user)
        audit_about(workspace_id)
        return workspace_id
    authority = authority_of(user)
    if workspace_id in authority.workspaces(Scope.READ) and workspace_id not in authority.workspaces():
        raise role_too_low(authority.needed)
    if workspace_id not in workspace_ids(user):
        raise ValidationError({"workspace": ["You belong to no workspace with this id."]})
    audit_about(workspace_id)
    return workspace_id
