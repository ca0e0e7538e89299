"""Upkeep of sessions by beat."""

import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task(name="sessions.cleanup")
def cleanup() -> int:
    """Stop, or remove, sessions that nobody uses; answers how many."""
    from .cleanup.limits import limits
    from .cleanup.sessions import sessions_clean

    return len(sessions_clean(limits()))


@shared_task(name="sessions.cleanup_files")
def cleanup_files() -> int:
    """Remove files that no session speaks of. Runs in a sessions worker, on the machine that has the stores."""
    from .cleanup.files import files_clean, files_orphaned
    from .cleanup.limits import limits
    from .cleanup.stores import stores_note

    stores_note()
    if limits().remove:
        return len(files_clean())
    if left := sum(1 for _ in files_orphaned()):
        logger.info("Clean-up: %d files or stores belong to no session; `manage.py sessions_cleanup` lists them", left)
    return 0
