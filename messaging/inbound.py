"""Messages that reach an account, from others or written on its own phone, stored once each."""

import uuid
from typing import Any

from django.db import IntegrityError

from sessions_app.engine.base import MessageReceived
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Direction, Message, MessageKind, MessageState
from .payloads import message_payload
from .receipts import digest

STATUS = "status@broadcast"


def message_store(session: Session, event: MessageReceived) -> None:
    """Store the message and publish it, unless it is there already: engines repeat what was not acknowledged.

    Messages of chats that the session ignores leave no trace, whoever wrote them.
    """
    if is_ignored(session, event):
        return
    key = _dedup_key(session.pk, event)
    if Message.objects.filter(dedup_key=key).exists():
        return
    try:
        _create(session, event, key)
    except IntegrityError:
        if not Message.objects.filter(dedup_key=key).exists():  # then it was something else
            raise


def is_ignored(session: Session, event: MessageReceived) -> bool:
    """Is it of a kind of chat that people do not want here?"""
    chat = event.chat.jid or event.chat.lid
    if chat == STATUS:
        return session.ignore_status
    match chat.rpartition("@")[2]:
        case "g.us":
            return session.ignore_groups
        case "newsletter":
            return session.ignore_channels
    return False


@retry_conflicts
def _create(session: Session, event: MessageReceived, key: str) -> None:
    with atomic():
        message = Message.objects.create(dedup_key=key, **_fields(session, event))
        publish(
            EventType.MESSAGE_CREATED if event.from_me else EventType.MESSAGE,
            workspace_id=session.workspace_id,
            session_id=session.pk,
            payload=message_payload(message),
        )


def _fields(session: Session, event: MessageReceived) -> dict[str, Any]:
    at = from_unix(event.timestamp)
    known = event.kind in MessageKind.values
    return {
        "workspace_id": session.workspace_id,
        "session_id": session.pk,
        "direction": Direction.OUT if event.from_me else Direction.IN,
        "state": MessageState.SENT if event.from_me else MessageState.RECEIVED,
        "kind": event.kind if known else MessageKind.UNKNOWN,
        "chat": (event.chat.jid or event.chat.lid)[:80],
        "chat_lid": event.chat.lid[:80],
        "sender": (event.sender.jid or event.sender.lid)[:80],
        "sender_lid": event.sender.lid[:80],
        "push_name": event.push_name[:200],
        "from_me": event.from_me,
        "wa_id": event.wa_id[:80],
        "timestamp": at,
        "sent_at": at if event.from_me else None,
        "content": {"text": event.text} if event.text else {},
        "text": event.text,
        "quoted_id": event.quoted_id[:80],
        "raw": event.raw,
    }


def _dedup_key(session_id: uuid.UUID, event: MessageReceived) -> str:
    """WhatsApp's ids are unique per sender in a chat only; the sender chooses them."""
    chat, sender = event.chat, event.sender
    return f"{session_id}:{digest(event.wa_id, chat.jid or chat.lid, sender.jid or sender.lid)}"
