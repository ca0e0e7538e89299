"""Workspaces: made by superusers, changed by their owners and admins."""

import uuid
from typing import Any

from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict
from whatsapp_api.core.networks import address_allowed

from .allowlists import restricted
from .audit.draft import audit_about, audit_change
from .authority import Authority
from .models import Membership, Role, User, Workspace


def workspace_get(authority: Authority, workspace_id: uuid.UUID) -> Workspace:
    """One that the caller may look into; 404 alike for foreign ones and for those that there are not."""
    found = Workspace.objects.filter(pk=workspace_id).first() if workspace_id in authority.workspaces() else None
    if found is None:
        text = f"There is no workspace {workspace_id} that you belong to."
        raise ApiError("workspace_not_found", text, http_status=404)
    return found


@retry_conflicts
def workspace_create(*, authority: Authority, name: str, **settings: Any) -> Workspace:
    """Its maker is its first owner."""
    if not authority.user.is_superuser:
        raise ApiError("superuser_needed", "Only a superuser makes workspaces.", http_status=403)
    assert isinstance(authority.user, User)
    with atomic():
        workspace = Workspace.objects.create(name=name, **settings)
        Membership.objects.create(workspace=workspace, user=authority.user, role=Role.OWNER)
    audit_about(workspace.pk, f"workspace:{workspace.pk}")
    audit_change({}, {"name": name, **settings})
    return workspace


def workspace_update(*, authority: Authority, workspace: Workspace, **changes: Any) -> Workspace:
    """Raises Conflict for an allowlist that would lock out whoever sets it."""
    if not address_allowed(authority.address or "", changes.get("networks", ())):
        raise Conflict("locks_you_out", "Your own address is not in these networks: add it, or you cannot undo this.")
    before = {name: getattr(workspace, name) for name in changes}
    for name, value in changes.items():
        setattr(workspace, name, value)
    workspace_changing(workspace, before)
    workspace.save()
    restricted.forget()
    audit_about(workspace.pk, f"workspace:{workspace.pk}")
    audit_change(before, changes)
    return workspace


def workspace_changing(workspace: Workspace, before: dict[str, Any]) -> None:
    """Before it is saved, whoever changes it: messages from before follow another way of keeping bodies."""
    if "bodies" in before and before["bodies"] != workspace.bodies:
        workspace.bodies_changed_at = timezone.now()
