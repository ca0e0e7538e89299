"""The life of a broadcast. Each step is one compare-and-set; who comes second is told the state it found."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from messaging.audience.removing import PAGE as REMOVED_AT_ONCE
from messaging.audience.removing import page_delete
from messaging.models import Message, MessageState
from whatsapp_api.accounts.bodies.fields import bodies_in
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .holding import take_back
from .linking import previews_kept
from .models import ACTIVE, Broadcast, BroadcastRecipient, BroadcastState, RecipientState
from .payloads import status_payload

PAGE = 500
COPIED = ("name", "session_ids", "audience", "variants", "pace", "hours", "options", "time_zone")


@retry_conflicts
def broadcast_update(broadcast: Broadcast, **columns: Any) -> Broadcast:
    """Only a draft changes."""
    rows = Broadcast.objects.filter(pk=broadcast.pk, state=BroadcastState.DRAFT)
    with atomic():
        if "variants" in columns and (now := rows.first()):  # a worker may have found one since the caller looked
            columns["previews"] = previews_kept(now.previews, columns["variants"])
        if not rows.update(**bodies_in(Broadcast, broadcast.workspace_id, columns)):
            raise _not_now(broadcast, "changed", "a draft")
    broadcast.refresh_from_db()
    return broadcast


def broadcast_launch(broadcast: Broadcast) -> Broadcast:
    """From now on the ticks look after it; the caller has checked it."""
    now = timezone.now()
    if broadcast.scheduled_at and (broadcast.scheduled_at > now or broadcast.recurrence):
        return _step(broadcast, [BroadcastState.DRAFT], BroadcastState.SCHEDULED, "launched")
    return _step(broadcast, [BroadcastState.DRAFT], BroadcastState.RUNNING, "launched", started_at=now)


def broadcast_pause(broadcast: Broadcast, *, reason: str = "") -> Broadcast:
    """Nothing leaves after this but what was under way: at most one message of each session."""
    states = [BroadcastState.RUNNING, BroadcastState.SCHEDULED]
    return _step(broadcast, states, BroadcastState.PAUSED, "paused", reason=reason, holding=True)


def broadcast_resume(broadcast: Broadcast) -> Broadcast:
    """A broadcast that had not begun waits for its time again."""
    if broadcast.started_at is None:
        return _step(broadcast, [BroadcastState.PAUSED], BroadcastState.SCHEDULED, "resumed", reason="")
    return _step(broadcast, [BroadcastState.PAUSED], BroadcastState.RUNNING, "resumed", reason="")


def broadcast_cancel(broadcast: Broadcast) -> Broadcast:
    """Whoever has not got it will not get it."""
    states = [BroadcastState.DRAFT, *ACTIVE]
    return _step(
        broadcast, states, BroadcastState.CANCELLED, "cancelled", holding=True, finished_at=timezone.now(), end=True
    )


def broadcast_finish(broadcast: Broadcast) -> Broadcast:
    return _step(broadcast, [BroadcastState.RUNNING], BroadcastState.FINISHED, "finished", finished_at=timezone.now())


def broadcast_fail(broadcast: Broadcast, *, reason: str) -> Broadcast:
    states = [BroadcastState.SCHEDULED, BroadcastState.RUNNING]
    return _step(
        broadcast, states, BroadcastState.FAILED, "failed", reason=reason, holding=True, finished_at=timezone.now()
    )


def broadcast_clone(broadcast: Broadcast, **columns: Any) -> Broadcast:
    """A new draft that says the same to the same audience."""
    fields = {name: getattr(broadcast, name) for name in COPIED}
    return Broadcast.objects.create(workspace_id=broadcast.workspace_id, **{**fields, **columns})


def broadcast_retry(broadcast: Broadcast) -> int:
    """Those that failed, and only those, get another try with the very same message row; answers how many."""
    states = [BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.FINISHED]
    if broadcast.state not in states:
        raise _not_now(broadcast, "tried again", "running, paused or finished")
    count = 0
    while page := _failed_page(broadcast):
        count += _retry_page(broadcast, page)
    if count and broadcast.state == BroadcastState.FINISHED:
        _step(broadcast, [BroadcastState.FINISHED], BroadcastState.RUNNING, "tried again", finished_at=None)
    return count


def _failed_page(broadcast: Broadcast) -> list[uuid.UUID]:
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, state=RecipientState.FAILED, message_id__isnull=False)
    return [pk for pk in rows.order_by("id").values_list("message_id", flat=True)[:PAGE] if pk]


@retry_conflicts
def _retry_page(broadcast: Broadcast, message_ids: Sequence[uuid.UUID]) -> int:
    now = timezone.now()
    with atomic():
        failed = Message.objects.filter(pk__in=message_ids, state=MessageState.FAILED)
        failed.update(state=MessageState.SCHEDULED, due_at=None, claim="", error_code="", error_text="")
        held = Message.objects.filter(pk__in=message_ids, state=MessageState.SCHEDULED, due_at=None)
        rows = BroadcastRecipient.objects.filter(broadcast=broadcast, state=RecipientState.FAILED)
        back = rows.filter(message_id__in=list(held.values_list("pk", flat=True)))
        count = back.update(state=RecipientState.PENDING, reason="", due_at=now, fed_at=None, changed_at=now)
        # A message that went with its session cannot be sent again, nor may there be a second one.
        gone = rows.filter(message_id__in=message_ids)
        gone.update(state=RecipientState.SKIPPED, reason="message_gone", changed_at=now)
    return count


@retry_conflicts
def _step(
    broadcast: Broadcast,
    states: Sequence[BroadcastState],
    to: BroadcastState,
    done: str,
    *,
    holding: bool = False,
    end: bool = False,
    **columns: Any,
) -> Broadcast:
    """`holding`: what waits in the outboxes comes back; `end`: and is skipped, with all who are pending."""
    with atomic():
        rows = Broadcast.objects.filter(pk=broadcast.pk, state__in=states)
        if not rows.update(state=to, lease="", revision=F("revision") + 1, **columns):
            raise _not_now(broadcast, done, " or ".join(states))
        if holding:
            take_back(broadcast_id=broadcast.pk)
        if end:
            skip_pending(broadcast, "cancelled")
        status_publish(broadcast)
    return broadcast


def broadcast_delete(broadcast: Broadcast) -> bool:
    """From now on there is no such broadcast. True when recipients are left for a worker to take away."""
    if not Broadcast.objects.filter(pk=broadcast.pk).exclude(state__in=ACTIVE).update(deleted_at=timezone.now()):
        raise _not_now(broadcast, "deleted", "one that is not active")
    if page_delete(BroadcastRecipient.objects.filter(broadcast=broadcast)) == REMOVED_AT_ONCE:
        return True
    broadcast.delete()
    return False


def deleted_finish() -> None:
    """What `broadcast_delete` left; repeating it is harmless."""
    for broadcast in Broadcast.objects.filter(deleted_at__isnull=False)[:20]:
        while page_delete(BroadcastRecipient.objects.filter(broadcast=broadcast)):
            pass
        broadcast.delete()


def skip_pending(broadcast: Broadcast, reason: str, **which: Any) -> int:
    """Whoever is pending gets nothing; inside a transaction. Messages that were taken back are cancelled."""
    pending = BroadcastRecipient.objects.filter(broadcast=broadcast, state=RecipientState.PENDING, **which)
    held = [pk for pk in pending.filter(message_id__isnull=False).values_list("message_id", flat=True) if pk]
    count = pending.update(state=RecipientState.SKIPPED, reason=reason, changed_at=timezone.now())
    Message.objects.filter(pk__in=held, state=MessageState.SCHEDULED, due_at=None).update(state=MessageState.CANCELLED)
    return count


def status_publish(broadcast: Broadcast, event: EventType = EventType.BROADCAST_STATUS) -> None:
    broadcast.refresh_from_db()
    publish(event, workspace_id=broadcast.workspace_id, session_id=None, payload=status_payload(broadcast))


def is_late(broadcast: Broadcast, now: datetime) -> bool:
    """Due so long ago that it must not begin any more; people say how long, by default for ever."""
    minutes = broadcast.options.get("late_minutes")
    return bool(minutes and broadcast.scheduled_at and (now - broadcast.scheduled_at).total_seconds() > minutes * 60)


def _not_now(broadcast: Broadcast, what: str, states: str) -> Conflict:
    broadcast.refresh_from_db()
    return Conflict("broadcast_state", f"Only {states} can be {what}; this one is {broadcast.state}.")
