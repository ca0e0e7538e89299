"""Who belongs where."""

import uuid

from django.contrib.auth.models import AnonymousUser

from whatsapp_api.core.errors import ApiError

from .models import Membership, User, Workspace


def workspace_ids(user: User | AnonymousUser) -> list[uuid.UUID]:
    """Workspaces whose rows this user may see; a superuser sees all. Oldest first."""
    if not user.is_authenticated or not user.is_active:
        return []
    if user.is_superuser:
        return list(Workspace.objects.order_by("id").values_list("id", flat=True))
    return sorted(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))


def default_workspace_id(user: User | AnonymousUser) -> uuid.UUID:
    """Where a new thing goes when the caller names no workspace."""
    found = workspace_ids(user)
    if not found:
        raise ApiError("no_workspace", "Your account belongs to no workspace; ask an administrator to add you to one.")
    return found[0]
