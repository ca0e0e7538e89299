"""Work that a lost task would have done."""

from datetime import timedelta

from django.utils import timezone

from messaging.models import Media, MediaSource, MediaState, Message, MessageKind, MessageState
from messaging.tasks import media_fetch_task, message_prepare_task, start

from .preparing import message_give_up

PAGE = 100
SOON = timedelta(seconds=10)
TOO_LONG = timedelta(minutes=30)


def media_sweep() -> int:
    """Start what is due and not under way; how much."""
    now = timezone.now()
    due = Media.objects.filter(state=MediaState.PENDING, source=MediaSource.URL, next_try_at__lte=now)
    fetches = list(due.order_by("id").values_list("pk", flat=True)[:PAGE])
    waiting = Message.objects.filter(state=MessageState.PREPARING, created_at__lt=now - SOON).order_by("id")
    messages = list(waiting[:PAGE])
    for message in messages:
        if message.created_at < now - TOO_LONG and message.kind != MessageKind.TEXT:
            message_give_up(
                message, "media_prepare_timeout", "The file could not be made ready in time; send it again."
            )
        else:
            start(message_prepare_task, str(message.pk))
    for media_id in fetches:
        start(media_fetch_task, str(media_id))
    return len(fetches) + len(messages)
