"""The `Message` table as the outbox of the session owner (the contract is `sessions_app.hooks.Outbox`).

`queued -> sending -> sent | failed | unconfirmed`, each arrow one conditional update. A reference that travels
to the engine is `<message id>/<claim>`: an outcome counts only for the very attempt that it speaks of, so a report
read from a spool much later cannot touch a row that was claimed anew. docs/adr/0004-outbox-and-spool.md goes
through the crash windows.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db.models import Count
from django.utils import timezone

from sessions_app.engine.base import Outgoing, SendFinished
from sessions_app.engine.errors import NotConnected, OutcomeUnknown
from sessions_app.hooks import Activity
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Message, MessageState
from .payloads import message_payload
from .receipts import receipts_catch_up

# A late report of the same attempt may still settle a row whose outcome nobody knew.
UNSETTLED = (MessageState.SENDING, MessageState.UNCONFIRMED)
PAGE = 100


class MessageOutbox:
    """Rows of `Message` that wait to be sent. Later rows of a session do not wait behind an unconfirmed one."""

    def __init__(self) -> None:
        self._unsure: set[str] = set()
        self._claimed: dict[str, Message] = {}  # spares a query where the outcome is published

    def waiting(self, session_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Which of these sessions have rows to send now."""
        rows = Message.objects.filter(state=MessageState.QUEUED, session_id__in=list(session_ids))
        return set(rows.order_by().values_list("session_id", flat=True).distinct())

    def claim(self, session_id: uuid.UUID, *, claim: str) -> Outgoing | None:
        """Move the session's oldest queued row to `sending` under `claim`.

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
        outgoing = _outgoing(message, claim)
        self._claimed[outgoing.ref] = message
        return outgoing

    def finish(self, session_id: uuid.UUID, outcome: SendFinished) -> None:
        """Store what became of one attempt; repeating it, or a report of another attempt, changes nothing."""
        message_id, claim = _parse(outcome.ref)
        known = self._claimed.get(outcome.ref)
        match outcome.error:
            case "":
                _finish(message_id, claim, UNSETTLED, _sent(outcome), known)
                receipts_catch_up(session_id, outcome.wa_id)
            case NotConnected.__name__:
                self.release(session_id, ref=outcome.ref)
            case OutcomeUnknown.__name__:
                fields = _unconfirmed(outcome.error_code, outcome.error_text)
                _finish(message_id, claim, [MessageState.SENDING], fields, known)
            case _:
                _finish(message_id, claim, UNSETTLED, _failed(outcome.error_code, outcome.error_text), known)
        self._claimed.pop(outcome.ref, None)

    def release(self, session_id: uuid.UUID, *, ref: str) -> None:
        """Back into the queue, at its old place: the attempt surely had no effect."""
        message_id, claim = _parse(ref)
        rows = Message.objects.filter(pk=message_id, claim=claim, state__in=UNSETTLED)
        rows.update(state=MessageState.QUEUED, claim="", error_code="", error_text="")
        self._claimed.pop(ref, None)

    def abandon(self, session_id: uuid.UUID, *, keep_claims: Iterable[str] = ()) -> int:
        """Rows that an owner left in `sending` and that its spool says nothing of: nobody can know any more."""
        rows = Message.objects.filter(session_id=session_id, state=MessageState.SENDING)
        left = [row for row in rows.values_list("pk", "claim") if row[1] not in set(keep_claims)]
        fields = _unconfirmed(OutcomeUnknown.code, "The worker ended while the message was being sent.")
        return sum(_finish(pk, claim, [MessageState.SENDING], fields) for pk, claim in left)

    def activity(self, session_id: uuid.UUID) -> Activity:
        """Unsettled rows by state, and the time of the newest row."""
        rows = Message.objects.filter(session_id=session_id)
        unsettled = rows.filter(state__in=[MessageState.QUEUED, *UNSETTLED]).order_by()
        counts = dict(unsettled.values_list("state").annotate(count=Count("pk")))
        newest = rows.order_by("-id").values_list("created_at", flat=True).first()
        return Activity(**counts, last_at=newest)

    def _take_next(self, session_id: uuid.UUID, claim: str) -> Message | None:
        queued = Message.objects.filter(session_id=session_id, state=MessageState.QUEUED).order_by("id")
        while message := queued.first():
            rows = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
            if rows.update(state=MessageState.SENDING, claim=claim):
                return message
        return None

    def _taken_before(self, session_id: uuid.UUID, claim: str) -> Message | None:
        return Message.objects.filter(session_id=session_id, state=MessageState.SENDING, claim=claim).first()


def fail_queued(session_id: uuid.UUID, *, code: str, text: str) -> int:
    """Give up everything that waits; used when the account is gone for good."""
    failed = 0
    queued = Message.objects.filter(session_id=session_id, state=MessageState.QUEUED).order_by("id")
    while page := list(queued.values_list("pk", flat=True)[:PAGE]):
        failed += sum(_finish(pk, "", [MessageState.QUEUED], _failed(code, text)) for pk in page)
    return failed


@retry_conflicts
def _finish(
    message_id: uuid.UUID, claim: str, states: Iterable[str], fields: dict[str, Any], known: Message | None = None
) -> bool:
    """`known`: the row as it was claimed; nobody else writes to it until it is finished."""
    with atomic():
        if not Message.objects.filter(pk=message_id, claim=claim, state__in=list(states)).update(**fields):
            return False
        message = known or Message.objects.get(pk=message_id)
        for name, value in fields.items():
            setattr(message, name, value)
        publish(
            EventType.MESSAGE_ACK,
            workspace_id=message.workspace_id,
            session_id=message.session_id,
            payload=message_payload(message),
        )
    return True


def _sent(outcome: SendFinished) -> dict[str, Any]:
    at = from_unix(outcome.timestamp) if outcome.timestamp else timezone.now()
    fields = {"state": MessageState.SENT, "wa_id": outcome.wa_id, "sent_at": at, "timestamp": at}
    return {**fields, "error_code": "", "error_text": ""}


def _failed(code: str, text: str) -> dict[str, Any]:
    return {"state": MessageState.FAILED, "error_code": code[:60], "error_text": text[:500]}


def _unconfirmed(code: str, text: str) -> dict[str, Any]:
    return {"state": MessageState.UNCONFIRMED, "error_code": code[:60], "error_text": text[:500]}


def _outgoing(message: Message, claim: str) -> Outgoing:
    return Outgoing(ref=f"{message.pk}/{claim}", to=message.chat, kind=message.kind, content=message.content)


def _parse(ref: str) -> tuple[uuid.UUID, str]:
    message_id, _, claim = ref.partition("/")
    return uuid.UUID(message_id), claim
