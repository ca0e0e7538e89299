"""Tasks of the ordinary worker about messages. Each takes ids and may run twice."""

import logging
import uuid
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


@shared_task(name="messages.retain")
def messages_retain() -> int:
    """Remove what workspaces do not want to keep any longer; answers how many rows."""
    from .retention import retain

    return retain()


@shared_task(name="media.fetch")
def media_fetch_task(media_id: str, kind: str = "document") -> None:
    """Fetch a file by URL."""
    from .media.fetching import media_fetch
    from .models import Message, MessageState

    media_fetch(uuid.UUID(media_id), kind=kind)
    # Not asked of the database: contents may be sealed there.
    for message in Message.objects.filter(state=MessageState.PREPARING).only("pk", "content"):
        if message.content.get("media", {}).get("id") == media_id:
            start(message_prepare_task, str(message.pk))


@shared_task(name="media.prepare")
def message_prepare_task(message_id: str) -> None:
    """Make a message's file ready."""
    from .media.preparing import message_prepare

    message_prepare(uuid.UUID(message_id))


@shared_task(name="media.clean")
def media_clean_task() -> int:
    """Remove files that have had their time."""
    from .media.services import media_clean

    return media_clean()


@shared_task(name="media.sweep")
def media_sweep_task() -> int:
    """Take up what was left behind by a worker or a Redis that died; answers how much."""
    from .media.sweeping import media_sweep

    return media_sweep()


def start(task: Any, *arguments: object) -> None:
    """Start a task after the commit; when the broker is away, a sweep finds the work."""
    try:
        task.apply_async(arguments, retry=False)
    except OperationalError as error:
        logger.warning("A task was not started, the broker is away: %s", type(error).__name__)


@shared_task(name="calls.refuse", expires=60)
def call_refuse_task(message_id: str) -> bool:
    """Refuse a call that rings, where the session wants it so."""
    from .call_rejecting import call_refuse

    return call_refuse(uuid.UUID(message_id))


@shared_task(name="messages.expire_scheduled")
def messages_expire_scheduled() -> int:
    """Fail scheduled messages that are long overdue; answers how many."""
    from .scheduling import scheduled_expire

    return scheduled_expire()


@shared_task(name="messages.prune_keys")
def messages_prune_keys() -> int:
    """Forget old idempotency keys; answers how many."""
    from .idempotency import keys_prune

    return keys_prune()
