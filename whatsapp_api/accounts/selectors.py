"""Who belongs where."""

import uuid

from django.contrib.auth.models import AnonymousUser

from whatsapp_api.core.errors import ApiError

from .authority import authority_of
from .models import User


def workspace_ids(user: User | AnonymousUser) -> list[uuid.UUID]:
    """Workspaces whose rows this user may see for what the request is about; a superuser sees all. Oldest first."""
    return authority_of(user).workspaces()


def default_workspace_id(user: User | AnonymousUser) -> uuid.UUID:
    """Where a new thing goes when the caller names no workspace."""
    found = workspace_ids(user)
    if not found:
        raise ApiError("no_workspace", "Your account belongs to no workspace; ask an administrator to add you to one.")
    return found[0]
