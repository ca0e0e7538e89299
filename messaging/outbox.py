"""The `Message` table as the outbox of the session owner (the contract is `sessions_app.hooks.Outbox`).

`queued -> sending -> sent | failed | unconfirmed`, each arrow one conditional update. A reference that travels
to the engine is `<message id>/<claim>`: an outcome counts only for the very attempt that it speaks of, so a report
read from a spool much later cannot touch a row that was claimed anew. docs/adr/0004-outbox-and-spool.md goes
through the crash windows.
"""

import uuid
from collections.abc import Iterable

from django.db import DatabaseError
from django.db.models import Count

from sessions_app.engine.base import Outgoing, SendFinished
from sessions_app.engine.errors import NotConnected, OutcomeUnknown
from sessions_app.engine.refusals import REACHOUT_TIMELOCK
from sessions_app.hooks import Activity
from sessions_app.restrictions import restriction_note

from . import tracing
from .chats.timers import with_timer
from .followers import held_back, hopeless
from .kinds import KINDS
from .media.handing import Handed
from .models import Message, MessageKind, MessageState, Priority
from .outcomes import failed, message_settle, sent, unknown
from .previews.preparing import previews_give_up
from .receipts import receipts_catch_up
from .references import completed
from .scheduling import scheduled_release

# A late report of the same attempt may still settle a row whose outcome nobody knew.
UNSETTLED = (MessageState.SENDING, MessageState.UNCONFIRMED)
# ... and one that waits to be sent again, which keeps the claim of the doubtful attempt.
DOUBTED = (*UNSETTLED, MessageState.QUEUED)
ORDER = ("priority", "due_at", "id")
HELD_BACK_TEXT = "It was one of many, and its recipient did not want it any more when its turn came."
DOUBTS_AT_ONCE = 50
PAGE = 100


class MessageOutbox:
    """Rows of `Message` that wait to be sent. Later rows of a session do not wait behind an unconfirmed one."""

    def __init__(self) -> None:
        self._unsure: set[str] = set()
        self._handed = Handed()
        self._claimed: dict[str, Message] = {}  # spares a query where the outcome is published

    def waiting(self, session_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Which of these sessions have rows to send now. Makes those `queued` whose time has come."""
        session_ids = list(session_ids)
        scheduled_release(session_ids)
        previews_give_up(session_ids)
        rows = Message.objects.filter(state=MessageState.QUEUED, session_id__in=session_ids)
        return set(rows.order_by().values_list("session_id", flat=True).distinct())

    def claim(self, session_id: uuid.UUID, *, claim: str) -> Outgoing | None:
        """Move the session's first queued row (by priority, then by age) to `sending` under `claim`.

        Asked again with the same claim after a database error, it first looks whether the lost update had worked:
        such a row was never sent, so it must not end as unconfirmed.
        """
        try:
            mine = self._taken_before(session_id, claim) if claim in self._unsure else None
            message = mine or self._take_next(session_id, claim)
        except DatabaseError:
            self._unsure.add(claim)
            raise
        self._unsure.discard(claim)
        if message is None:
            return None
        outgoing = self._outgoing(message, claim)
        self._claimed[outgoing.ref] = message
        tracing.claimed(outgoing.ref)
        return outgoing

    def finish(self, session_id: uuid.UUID, outcome: SendFinished) -> None:
        """Store what became of one attempt; repeating it, or a report of another attempt, changes nothing."""
        message_id, claim = _parse(outcome.ref)
        known = self._claimed.get(outcome.ref)
        match outcome.error:
            case "":
                row = known or Message.objects.filter(pk=message_id).first()
                message_settle(message_id, claim, DOUBTED, sent(outcome, row), known)
                receipts_catch_up(session_id, outcome.wa_id)
            case NotConnected.__name__:
                self.release(session_id, ref=outcome.ref)
            case OutcomeUnknown.__name__:
                self._doubt(message_id, claim, outcome.error_code, outcome.error_text, known)
            case _:
                message_settle(message_id, claim, DOUBTED, failed(outcome.error_code, outcome.error_text), known)
                if outcome.error_code == REACHOUT_TIMELOCK:
                    restriction_note(session_id, REACHOUT_TIMELOCK)
        if settled := self._claimed.pop(outcome.ref, None):
            tracing.settled(settled, outcome)
        self._handed.take_back(outcome.ref)

    def release(self, session_id: uuid.UUID, *, ref: str) -> None:
        """Back into the queue, at its old place: the attempt surely had no effect."""
        message_id, claim = _parse(ref)
        rows = Message.objects.filter(pk=message_id, claim=claim, state__in=UNSETTLED)
        rows.update(state=MessageState.QUEUED, claim="", error_code="", error_text="")
        self._claimed.pop(ref, None)
        self._handed.take_back(ref)

    def abandon(self, session_id: uuid.UUID, *, keep_claims: Iterable[str] = ()) -> int:
        """Rows that an owner left in `sending` and that its spool says nothing of: nobody can know any more."""
        rows = Message.objects.filter(session_id=session_id, state=MessageState.SENDING)
        left = [row for row in rows.values_list("pk", "claim") if row[1] not in set(keep_claims)]
        text = "The worker ended while the message was being sent."
        return sum(self._doubt(pk, claim, OutcomeUnknown.code, text) for pk, claim in left)

    def doubtful(self, session_id: uuid.UUID) -> list[str]:
        """References of attempts that may have had their effect, under a WhatsApp id that is not known yet."""
        rows = Message.objects.filter(session_id=session_id, state=MessageState.UNCONFIRMED, wa_id="")
        pairs = rows.exclude(claim="").order_by("-id").values_list("pk", "claim")[:DOUBTS_AT_ONCE]
        return [f"{pk}/{claim}" for pk, claim in pairs]

    def identify(self, session_id: uuid.UUID, *, ref: str, wa_id: str) -> None:
        """The id that a doubtful attempt used: from now on a receipt for it proves that the message arrived."""
        message_id, claim = _parse(ref)
        rows = Message.objects.filter(pk=message_id, claim=claim, state=MessageState.UNCONFIRMED, wa_id="")
        if rows.update(wa_id=wa_id):
            receipts_catch_up(session_id, wa_id)

    def activity(self, session_id: uuid.UUID) -> Activity:
        """Unsettled rows by state, and the time of the newest row."""
        rows = Message.objects.filter(session_id=session_id)
        unsettled = rows.filter(state__in=[MessageState.QUEUED, *UNSETTLED]).order_by()
        counts = dict(unsettled.values_list("state").annotate(count=Count("pk")))
        newest = rows.order_by("-id").values_list("created_at", flat=True).first()
        return Activity(**counts, last_at=newest)

    def _doubt(self, message_id: uuid.UUID, claim: str, code: str, text: str, known: Message | None = None) -> bool:
        message = known or Message.objects.filter(pk=message_id).first()
        if message is None:
            return False
        return message_settle(message_id, claim, [MessageState.SENDING], unknown(message, code, text), known)

    def _take_next(self, session_id: uuid.UUID, claim: str) -> Message | None:
        queued = Message.objects.filter(session_id=session_id, state=MessageState.QUEUED).order_by(*ORDER)
        if behind := chats_preparing(session_id):
            queued = queued.exclude(chat__in=behind)
        while message := queued.first():
            if message.priority == Priority.BULK and (code := held_back(message)):
                _cancel(message, code)
                continue
            rows = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
            if rows.update(state=MessageState.SENDING, claim=claim):
                message.state, message.claim = MessageState.SENDING, claim
                if message.kind == MessageKind.ALBUM:  # a file may have been taken back since it was read
                    message.refresh_from_db(fields=["content"])
                return message
        return None

    def _outgoing(self, message: Message, claim: str) -> Outgoing:
        ref = f"{message.pk}/{claim}"
        content = completed(message.content)
        if (kind := KINDS.get(message.kind)) and kind.options:
            content = with_timer(message, content)
        content = self._handed.hand(ref, message, content)
        return Outgoing(ref=ref, to=message.chat, kind=message.kind, content=content)

    def _taken_before(self, session_id: uuid.UUID, claim: str) -> Message | None:
        return Message.objects.filter(session_id=session_id, state=MessageState.SENDING, claim=claim).first()


def chats_preparing(session_id: uuid.UUID) -> list[str]:
    """Chats in which a message is being made ready: those after it wait, so that a chat keeps its order."""
    rows = Message.objects.filter(session_id=session_id, state=MessageState.PREPARING)
    return list(rows.order_by().values_list("chat", flat=True).distinct())


def _cancel(message: Message, code: str) -> None:
    fields = {"state": MessageState.CANCELLED, "error_code": code, "error_text": HELD_BACK_TEXT}
    message_settle(message.pk, message.claim, [MessageState.QUEUED], fields)


def fail_waiting(session_id: uuid.UUID, *, code: str, text: str, scheduled: bool) -> int:
    """Give up everything that waits, and if `scheduled` also what is not due yet: the account is gone for good."""
    states = [MessageState.PREPARING, MessageState.QUEUED, *([MessageState.SCHEDULED] if scheduled else [])]
    count = 0
    hopeless(session_id)
    waiting = Message.objects.filter(session_id=session_id, state__in=states).order_by("id")
    while page := list(waiting.values_list("pk", "claim")[:PAGE]):
        count += sum(message_settle(pk, claim, states, failed(code, text)) for pk, claim in page)
    return count


def _parse(ref: str) -> tuple[uuid.UUID, str]:
    message_id, _, claim = ref.partition("/")
    return uuid.UUID(message_id), claim
