"""Recipients follow their messages: one conditional update in the transaction that changes the message."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from messaging.audience.models import Suppression
from messaging.models import Direction, Message, MessageState, Priority
from sessions_app.engine.refusals import RATE_LIMITED, REACHOUT_TIMELOCK
from whatsapp_api.core.db import atomic, retry_conflicts

from .holding import session_hold, session_take_back
from .models import BroadcastRecipient
from .models import RecipientState as R

# Where a message's state leads its recipient, and from where.
MOVES: dict[str, tuple[R, tuple[R, ...]]] = {
    MessageState.QUEUED: (R.QUEUED, (R.FAILED, R.UNCONFIRMED)),  # sent again by hand
    MessageState.SENT: (R.SENT, (R.PENDING, R.QUEUED, R.UNCONFIRMED, R.FAILED)),
    MessageState.DELIVERED: (R.DELIVERED, (R.PENDING, R.QUEUED, R.UNCONFIRMED, R.SENT)),
    MessageState.READ: (R.READ, (R.PENDING, R.QUEUED, R.UNCONFIRMED, R.SENT, R.DELIVERED)),
    MessageState.PLAYED: (R.READ, (R.PENDING, R.QUEUED, R.UNCONFIRMED, R.SENT, R.DELIVERED)),
    MessageState.FAILED: (R.FAILED, (R.PENDING, R.QUEUED)),
    MessageState.UNCONFIRMED: (R.UNCONFIRMED, (R.PENDING, R.QUEUED)),
    MessageState.CANCELLED: (R.SKIPPED, (R.PENDING, R.QUEUED)),
}
# Refusals that would only repeat themselves: how long the session keeps from writing to people unasked.
RESTS = {RATE_LIMITED: 15 * 60}
REPLY_DAYS = 30


def message_acked(message: Message) -> None:
    if message.priority != Priority.BULK or message.state not in MOVES:
        return
    to, states = MOVES[message.state]
    reason = message.error_code or ("cancelled" if to == R.SKIPPED else "")
    rows = BroadcastRecipient.objects.filter(message_id=message.pk, state__in=states)
    moved = rows.update(state=to, reason=reason, changed_at=timezone.now())
    if moved and message.state == MessageState.FAILED:
        _refused(message)


def _refused(message: Message) -> None:
    """The owner sends one message of a session after the other: whatever is taken back now does not leave."""
    if message.error_code == REACHOUT_TIMELOCK:
        from django.conf import settings

        session_hold(message.session_id, reason=REACHOUT_TIMELOCK, seconds=settings.RESTRICTION_HOURS * 3600)
    elif seconds := RESTS.get(message.error_code):
        session_hold(message.session_id, reason=message.error_code, seconds=seconds)


def message_received(message: Message) -> None:
    """A reply, and perhaps a wish to hear no more."""
    if message.direction != Direction.IN or message.chat.endswith(("@g.us", "@newsletter", "@broadcast")):
        return
    since = timezone.now() - timedelta(days=REPLY_DAYS)
    rows = BroadcastRecipient.objects.filter(jid=message.chat, session_id=message.session_id, fed_at__gt=since)
    rows.filter(state__in=(R.SENT, R.DELIVERED, R.READ)).update(state=R.REPLIED, changed_at=timezone.now())
    from .consent.hearing import words_hear

    words_hear(message)


def message_guard(message: Message) -> str:
    """Asked when the row is about to be claimed: the last moment at which somebody can still say no."""
    if not Suppression.objects.filter(workspace_id=message.workspace_id, jid=message.chat).exists():
        return ""
    return "suppressed" if BroadcastRecipient.objects.filter(message_id=message.pk).exists() else ""


@retry_conflicts
def session_hopeless(session_id: object) -> None:
    """Logged out or banned: what waits for it is kept for when it is back, or for another session."""
    with atomic():
        session_take_back(UUID(str(session_id)))
