"""The tick, and what takes longer than one."""

import uuid

from celery import shared_task


@shared_task(name="broadcasts.tick")
def tick_task() -> None:
    """Repeating it is harmless, missing one too."""
    from .engine.tick import tick

    tick()


@shared_task(name="broadcasts.sweep")
def broadcasts_sweep() -> None:
    """Take away what is left of deleted broadcasts; repeating it is harmless."""
    from .services import deleted_finish

    deleted_finish()


@shared_task(name="broadcasts.check")
def check_task(broadcast_id: str) -> None:
    """Repeating it is harmless; whoever asks for the answer starts a lost one again."""
    from .check_job import check_run

    check_run(uuid.UUID(broadcast_id))


@shared_task(name="broadcasts.previews", expires=30)
def previews_task(broadcast_id: str) -> None:
    """The next tick asks for it again when it was lost; a broadcast that waited long enough leaves without."""
    from .linking import previews_look

    previews_look(uuid.UUID(broadcast_id))


@shared_task(name="broadcasts.check_numbers")
def numbers_task(broadcast_id: str, session_id: str) -> None:
    """The next tick asks for it again when it was lost."""
    from .engine.numbers import numbers_look

    numbers_look(uuid.UUID(broadcast_id), uuid.UUID(session_id))


@shared_task(name="broadcasts.type", expires=10)
def typing_task(session_id: str, jid: str) -> None:
    """A courtesy: when it is lost, the message leaves all the same."""
    from .engine.typing import typing_show

    typing_show(uuid.UUID(session_id), jid)
