"""What a role allows over REST."""

import uuid

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import ValidationError

from whatsapp_api.accounts.models import Membership, Role, User
from whatsapp_api.accounts.selectors import default_workspace_id, workspace_ids
from whatsapp_api.core.errors import ApiError


def require_writer(user: User | AnonymousUser, workspace_id: uuid.UUID) -> None:
    """Viewers look on; everybody else in the workspace may act."""
    if not isinstance(user, User) or user.is_superuser:
        return
    if not Membership.objects.filter(user=user, workspace_id=workspace_id).exclude(role=Role.VIEWER).exists():
        raise ApiError(
            "role_too_low",
            "You may only look on in this workspace; ask its owner for the role of an operator.",
            http_status=403,
        )


def workspace_chosen(user: User | AnonymousUser, workspace_id: uuid.UUID | None) -> uuid.UUID:
    """Where a new thing goes: the named workspace if it is the user's, else the default one."""
    if workspace_id is None:
        return default_workspace_id(user)
    if workspace_id not in workspace_ids(user):
        raise ValidationError({"workspace": ["You belong to no workspace with this id."]})
    return workspace_id
