"""Asking for it, and the work itself. The workspace's row is the state: whoever dies, another goes on."""

import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from whatsapp_api.accounts.access_changes import access_changed
from whatsapp_api.accounts.audit.draft import audit_about, audit_change
from whatsapp_api.accounts.audit.record import Deed, audit
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.models import ApiKey, Membership, Role, User, Workspace
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError

from .parts import Part, parts

logger = logging.getLogger(__name__)

DEAD_AFTER = timedelta(seconds=60)
"""Longer than any page takes: then whoever worked at it is gone."""


@retry_conflicts
def workspace_remove(*, authority: Authority, workspace: Workspace, confirm: str) -> Workspace:
    """Begin: from now on nobody can do anything in it, and who asked may look on. Asking again changes nothing."""
    if authority.roles.get(workspace.pk) != Role.OWNER:
        raise ApiError("owner_needed", "Only an owner removes a workspace.", http_status=403)
    if confirm != workspace.name:
        text = f"To remove it with everything in it, for good, write its name: confirm={workspace.name}"
        raise ApiError("confirmation_needed", text, http_status=400)
    with atomic():
        if Workspace.objects.filter(pk=workspace.pk, removal_at=None).update(removal_at=timezone.now()):
            _lock_out(workspace, authority)
            audit_about(workspace.pk, f"workspace:{workspace.pk}")
            audit_change({"name": workspace.name}, {"name": None, "removal": "requested"})
            transaction.on_commit(lambda: _start(workspace.pk))
        workspace.refresh_from_db()  # before the commit: after it, a quick worker may have removed the row
    return workspace


def _lock_out(workspace: Workspace, authority: Authority) -> None:
    assert isinstance(authority.user, User)
    members = Membership.objects.filter(workspace=workspace)
    for user_id in list(members.values_list("user_id", flat=True)):
        access_changed(user_id)
    members.exclude(user=authority.user).delete()
    members.update(role=Role.VIEWER)
    ApiKey.objects.filter(workspace=workspace, revoked_at=None).update(revoked_at=timezone.now())


def _start(workspace_id: uuid.UUID) -> None:
    from whatsapp_api.accounts.tasks import workspace_removal_task

    try:
        workspace_removal_task.apply_async((str(workspace_id),), retry=False)
    except Exception as error:  # noqa: BLE001 - Redis is away: beat's sweep finds it
        logger.info("The removal of workspace %s waits for the sweep: %s", workspace_id, type(error).__name__)


def removals_sweep() -> int:
    """Go on with those that wait, or whose worker died; how many are finished."""
    waiting = Workspace.objects.exclude(removal_at=None).order_by("removal_at").values_list("pk", flat=True)
    return sum(removal_work(workspace_id) for workspace_id in list(waiting))


def removal_work(workspace_id: uuid.UUID) -> bool:
    """Remove what can be removed now; True when the workspace is gone, False when others have to act first."""
    if not _claim(workspace_id):
        return False
    try:
        done = all(_part_remove(workspace_id, part) for part in parts())
        if done:
            _finish(workspace_id)
        return done
    finally:
        Workspace.objects.filter(pk=workspace_id).update(removal_alive_at=None)


def _claim(workspace_id: uuid.UUID) -> bool:
    now = timezone.now()
    free = Q(removal_alive_at=None) | Q(removal_alive_at__lt=now - DEAD_AFTER)
    rows = Workspace.objects.filter(free, pk=workspace_id).exclude(removal_at=None)
    return bool(rows.update(removal_alive_at=now))


def _part_remove(workspace_id: uuid.UUID, part: Part) -> bool:
    """Page by page; what comes meanwhile too. False while it is left to others."""
    while left := part.left(workspace_id):
        while left > 0:
            _note(workspace_id, part.name, left)
            removed = part.remove(workspace_id)
            if not removed:
                return part.left(workspace_id) == 0
            left -= removed
    return True


def _note(workspace_id: uuid.UUID, name: str, left: int) -> None:
    """For people who look on; and that we live."""
    progress = {"removing": name, "left": left}
    Workspace.objects.filter(pk=workspace_id).update(removal_progress=progress, removal_alive_at=timezone.now())


@retry_conflicts
def _finish(workspace_id: uuid.UUID) -> None:
    """Its own audit trail stays, under its id; the installation's says that it was there."""
    workspace = Workspace.objects.get(pk=workspace_id)
    said = Deed("workspace.removed", target=f"workspace:{workspace_id}", before={"name": workspace.name})
    with atomic():
        for user_id in list(Membership.objects.filter(workspace=workspace).values_list("user_id", flat=True)):
            access_changed(user_id)
        workspace.delete()
        audit(said)
    logger.warning("Workspace %s was removed with everything in it", workspace_id)
