"""Taking back what waits in the outbox, so that a pause holds before the very next message of each session.

A row that was taken back is `scheduled` without a time: nothing but its broadcast makes it leave, and it is the row
that is used when its turn comes again, so that nobody ever has two.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from messaging.models import Message, MessageState
from sessions_app.models import Session

from .models import Broadcast, BroadcastRecipient, BroadcastState, Pacer, RecipientState

WAITING = (MessageState.QUEUED, MessageState.PREPARING, MessageState.SCHEDULED)  # scheduled: while typing is shown


def take_back(**which: Any) -> int:
    """Queued recipients of this selection are pending again, but for those under way; inside a transaction."""
    queued = BroadcastRecipient.objects.filter(state=RecipientState.QUEUED, **which)
    ids = [pk for pk in queued.values_list("message_id", flat=True) if pk]
    if not ids:
        return 0
    Message.objects.filter(pk__in=ids, state__in=WAITING).update(state=MessageState.SCHEDULED, due_at=None)
    held = Message.objects.filter(pk__in=ids, state=MessageState.SCHEDULED, due_at=None)
    back = list(held.values_list("pk", flat=True))
    rows = BroadcastRecipient.objects.filter(message_id__in=back, state=RecipientState.QUEUED)
    return rows.update(state=RecipientState.PENDING, fed_at=None, changed_at=timezone.now())


def session_take_back(session_id: uuid.UUID) -> int:
    """From all broadcasts; inside a transaction."""
    workspace_id = Session.objects.filter(pk=session_id).values_list("workspace_id", flat=True).first()
    if workspace_id is None:
        return 0
    running = Broadcast.objects.filter(workspace_id=workspace_id, state=BroadcastState.RUNNING)
    ids = list(running.order_by().values_list("pk", flat=True))
    return take_back(broadcast_id__in=ids, session_id=session_id) if ids else 0


def session_hold(session_id: uuid.UUID, *, reason: str, seconds: float) -> None:
    """The session sends to nobody unasked for so long; inside a transaction. A longer pause stays."""
    until = timezone.now() + timedelta(seconds=seconds)
    pacer = pacer_of(session_id)
    if pacer.paused_until is None or pacer.paused_until < until:
        Pacer.objects.filter(pk=pacer.pk).update(
            paused_until=until, pause_reason=reason, judged_after=timezone.now(), revision=F("revision") + 1
        )
    session_take_back(session_id)


def pacer_of(session_id: uuid.UUID) -> Pacer:
    return Pacer.objects.get_or_create(session_id=session_id)[0]


def blocked(session: Session, pacer: Pacer, now: datetime) -> tuple[str, datetime | None]:
    """Why the session sends to nobody unasked at the moment, and until when as far as that is known; ("", None)."""
    if pacer.paused_until and pacer.paused_until > now:
        return pacer.pause_reason, pacer.paused_until
    if session.restriction and session.restricted_until and session.restricted_until > now:
        return session.restriction, session.restricted_until
    if not session.is_paired or not session.can_send:
        return f"session_{session.state.lower()}", session.state_expires_at
    return "", None
