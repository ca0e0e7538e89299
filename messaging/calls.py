"""Calls to the account: a message of kind `call` in the chat, which follows what becomes of the call."""

from typing import Any

from django.db import IntegrityError, transaction

from sessions_app.asking import ask
from sessions_app.engine.base import CallChanged
from sessions_app.models import Session
from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .chats.activity import chat_address, chat_touch
from .models import Direction, Message, MessageKind, MessageState
from .payloads import message_payload
from .receipts import digest
from .tasks import call_refuse_task, start

# What a call is after a phase, and what is published; a call that is over stays what it was.
AFTER = {
    "offer": ("ringing", EventType.CALL_RECEIVED),
    "accept": ("accepted", EventType.CALL_ACCEPTED),
    "reject": ("rejected", EventType.CALL_REJECTED),
    "terminate": ("ended", EventType.CALL_ENDED),
}
OVER = frozenset({"missed", "rejected", "ended"})


def call_store(session: Session, event: CallChanged) -> None:
    """Store a phase of a call, once, and publish it."""
    if event.phase not in AFTER:
        return
    try:
        _store(session, event)
    except IntegrityError:
        if not Message.objects.filter(dedup_key=_key(session, event.call_id)).exists():
            raise


def call_reject(*, session: Session, call_id: str) -> Message:
    """Refuse a call that rings; it is `missed` when the caller hung up at that very moment."""
    call = Message.objects.filter(dedup_key=_key(session, call_id)).first()
    if call is None:
        raise ApiError("call_not_found", "This session knows no call with this id.", http_status=404)
    if call.content.get("status") != "ringing":
        raise Conflict("call_over", f"The call does not ring any more: it is {call.content.get('status')}.")
    ask(session, "call_reject", {"caller": call.content.get("caller"), "call_id": call_id})
    return _advance(session, call, "rejected", EventType.CALL_REJECTED)


@retry_conflicts
def _store(session: Session, event: CallChanged) -> None:
    known = Message.objects.filter(dedup_key=_key(session, event.call_id)).first()
    status, event_type = AFTER[event.phase]
    if known is None:
        _create(session, event, status, event_type)
        return
    before = known.content.get("status")
    if before == status or before in OVER or event.phase == "offer":
        return
    _advance(session, known, "missed" if (before, status) == ("ringing", "ended") else status, event_type)


def _create(session: Session, event: CallChanged, status: str, event_type: EventType) -> None:
    at = from_unix(event.timestamp)
    content = {"call_id": event.call_id, "video": event.video, "status": status, "caller": event.caller}
    with atomic():
        call = Message.objects.create(
            workspace_id=session.workspace_id,
            session_id=session.pk,
            direction=Direction.IN,
            state=MessageState.RECEIVED,
            kind=MessageKind.CALL,
            chat=event.chat.jid[:80] or chat_address(session.pk, event.chat.lid[:80]),
            chat_lid=event.chat.lid[:80],
            sender=(event.sender.jid or event.sender.lid)[:80],
            sender_lid=event.sender.lid[:80],
            wa_id=event.call_id[:80],
            dedup_key=_key(session, event.call_id),
            timestamp=at,
            content=content,
            text="Video call" if event.video else "Voice call",
        )
        chat_touch(call)
        _publish(session, call, event_type)
        if status == "ringing" and _refuses_calls(session):
            transaction.on_commit(lambda: start(call_refuse_task, str(call.pk)))


def _refuses_calls(session: Session) -> bool:
    """As it is set now: the owner's row in memory may be older than a request that has been answered."""
    return Session.objects.filter(pk=session.pk, reject_calls=True).exists()


@retry_conflicts
def _advance(session: Session, call: Message, status: str, event_type: EventType) -> Message:
    """The call as it is then: it may have ended since it was read, by its caller, on the phone or through the API."""
    with atomic():
        call = Message.objects.get(pk=call.pk)
        if call.content.get("status") not in OVER:
            call.content = {**call.content, "status": status}
            Message.objects.filter(pk=call.pk).update(**bodies(call.workspace_id, content=call.content))
            _publish(session, call, event_type)
    return call


def _publish(session: Session, call: Message, event_type: EventType) -> None:
    payload: dict[str, Any] = message_payload(call)
    publish(event_type, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)


def _key(session: Session, call_id: str) -> str:
    return f"{session.pk}:{digest('call', call_id)}"
