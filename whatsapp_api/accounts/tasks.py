"""Upkeep of accounts by beat."""

import uuid

from celery import shared_task
from django.conf import settings


@shared_task(name="audit.prune")
def prune() -> int:
    """Remove audit entries older than AUDIT_KEEP_DAYS; answers how many."""
    from .audit.retention import audit_prune

    return audit_prune(settings.AUDIT_KEEP_DAYS)


@shared_task(name="logins.prune")
def prune_logins() -> int:
    """Remove logins that have expired; answers how many."""
    from .login.services import logins_prune

    return logins_prune()


@shared_task(name="workspaces.remove")
def workspace_removal_task(workspace_id: str) -> bool:
    """Remove a workspace that somebody asked to remove, as far as it can be done now."""
    from .removal.services import removal_work

    return removal_work(uuid.UUID(workspace_id))


@shared_task(name="workspaces.removals_sweep")
def workspace_removals_sweep() -> int:
    """Go on with the removals that wait for sessions, or whose worker died."""
    from .removal.services import removals_sweep

    return removals_sweep()
