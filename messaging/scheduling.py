"""Messages for later: `scheduled` until their time has come, then ordinary rows of the outbox.

The session's owner looks once a second which of its rows are due. Nothing is planned in a queue or in memory, so
nothing fires twice, and a message can be changed until the very update that makes it `queued`.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions_app import commands
from whatsapp_api.accounts.bodies.fields import bodies_in
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict

from .albums.parts import album_parts, album_recount
from .models import Message, MessageState
from .outcomes import ack_publish, failed, message_settle
from .words import message_words

CANCELLABLE = (MessageState.SCHEDULED, MessageState.PREPARING, MessageState.QUEUED)
TOO_LATE = "too_late"
TOO_LATE_TEXT = "The session was not connected for a long time after the message was due, so it was not sent any more."
PAGE = 100


def scheduled_release(session_ids: Sequence[uuid.UUID]) -> int:
    """Put rows of these sessions that are due into the queue; how many."""
    due = Message.objects.filter(
        state=MessageState.SCHEDULED, due_at__lte=timezone.now(), session_id__in=list(session_ids)
    )
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:PAGE])
    if not ids:
        return 0
    return Message.objects.filter(pk__in=ids, state=MessageState.SCHEDULED).update(state=MessageState.QUEUED)


def scheduled_expire() -> int:
    """Fail what was due long ago and never left, because nobody started the session; how many."""
    limit = timezone.now() - timedelta(hours=settings.SCHEDULED_LATE_HOURS)
    late = Message.objects.filter(state=MessageState.SCHEDULED, due_at__lt=limit).order_by("due_at")
    pairs = list(late.values_list("pk", "claim")[: 10 * PAGE])
    fields = failed(TOO_LATE, TOO_LATE_TEXT)
    return sum(message_settle(pk, claim, [MessageState.SCHEDULED], fields) for pk, claim in pairs)


@retry_conflicts
def message_reschedule(*, message: Message, changes: dict[str, Any]) -> Message:
    """Change a scheduled message; `changes` are columns. Raises Conflict once it is due."""
    columns = bodies_in(Message, message.workspace_id, changes)
    if "text" in changes:
        columns["words"] = message_words(message.workspace_id, changes["text"])
    with atomic():
        # Without a time it is held by its broadcast, which alone says when it leaves.
        rows = Message.objects.filter(pk=message.pk, state=MessageState.SCHEDULED, due_at__isnull=False)
        if not rows.update(**columns):
            raise _not_now(message, "changed", "scheduled")
        for part in album_parts(message):
            Message.objects.filter(pk=part.pk, state__in=CANCELLABLE).update(**columns)
        return _published(message)


@retry_conflicts
def message_cancel(*, message: Message) -> Message:
    """Take back a message that has not left; asked again, it stays cancelled. Raises Conflict when it is under way."""
    with atomic():
        rows = Message.objects.filter(pk=message.pk, state__in=CANCELLABLE)
        if rows.update(state=MessageState.CANCELLED):
            _cancel_with(message)
            return _published(message)
    message.refresh_from_db()
    if message.state != MessageState.CANCELLED:
        raise _not_now(message, "cancelled", "scheduled or queued")
    return message


def _cancel_with(message: Message) -> None:
    """What belongs to it: the files of an album, or the count of the album that it was to be in."""
    for part in album_parts(message):
        if Message.objects.filter(pk=part.pk, state__in=CANCELLABLE).update(state=MessageState.CANCELLED):
            _published(part)
    album_recount(message)


@retry_conflicts
def message_resend(*, message: Message) -> Message:
    """Queue a failed or unconfirmed message once more, at the end. Of the latter the recipient may get two."""
    with atomic():
        doubtful = Message.objects.filter(pk=message.pk, state=MessageState.UNCONFIRMED)
        rows = doubtful | Message.objects.filter(pk=message.pk, state=MessageState.FAILED)
        found = rows.values_list("state", "resends").first()
        if found is None:
            raise _not_now(message, "sent again", "failed or unconfirmed")
        was_doubtful = found[0] == MessageState.UNCONFIRMED
        fields: dict[str, Any] = {"state": MessageState.QUEUED, "due_at": timezone.now()}
        fields |= {"resends": found[1] + 1} if was_doubtful else {"claim": ""}
        fields |= {"error_code": "", "error_text": ""}
        if not Message.objects.filter(pk=message.pk, state=found[0]).update(**fields):
            raise _not_now(message, "sent again", "failed or unconfirmed")
        transaction.on_commit(lambda: commands.wake_sends(message.session_id))
        return _published(message)


def in_time(moment: datetime) -> bool:
    """May a message be scheduled for then?"""
    now = timezone.now()
    return now < moment <= now + timedelta(days=settings.SCHEDULE_AT_MOST_DAYS)


def _published(message: Message) -> Message:
    message.refresh_from_db()
    ack_publish(message)
    return message


def _not_now(message: Message, what: str, states: str) -> Conflict:
    message.refresh_from_db()
    return Conflict("message_not_pending", f"Only a {states} message can be {what}; this one is {message.state}.")
