"""Imports and removals in the background."""

import uuid

from celery import shared_task


@shared_task(name="audience.import_run")
def import_run_task(import_id: str) -> None:
    """Repeating it is harmless."""
    from .importing.services import import_run

    import_run(uuid.UUID(import_id))


@shared_task(name="audience.imports_sweep")
def imports_sweep() -> None:
    """Go on with imports whose start was lost with Redis, or whose worker died."""
    from .importing.services import imports_waiting

    for import_id in imports_waiting():
        import_run_task.delay(str(import_id))


@shared_task(name="audience.removal_run")
def removal_run_task(removal_id: str) -> None:
    """Repeating it is harmless."""
    from .removing import removal_run

    removal_run(uuid.UUID(removal_id))


@shared_task(name="audience.list_delete")
def list_delete_task(list_id: str) -> None:
    """Repeating it is harmless."""
    from .removing import list_finish

    list_finish(uuid.UUID(list_id))


@shared_task(name="audience.removals_sweep")
def removals_sweep() -> None:
    """Go on with what a lost task or a dead worker left."""
    from .removing import lists_waiting, removals_waiting

    for removal_id in removals_waiting():
        removal_run_task.delay(str(removal_id))
    for list_id in lists_waiting():
        list_delete_task.delay(str(list_id))
