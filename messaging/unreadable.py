"""Messages that are there but cannot be read yet: a placeholder in the chat, which the message itself replaces."""

from typing import Any

from sessions_app.engine.base import MessageReceived, MessageWaiting
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .chats.activity import chat_touch
from .ignoring import is_ignored
from .inbound import dedup_key, received_fields
from .models import Message, MessageKind
from .payloads import message_payload


def waiting_store(session: Session, event: MessageWaiting) -> None:
    """A placeholder of kind `waiting`, once; nothing when the message itself was quicker."""
    message = MessageReceived(
        session=event.session,
        wa_id=event.wa_id,
        chat=event.chat,
        sender=event.sender,
        from_me=event.from_me,
        timestamp=event.timestamp,
        kind=MessageKind.WAITING,
        details={"unavailable": event.unavailable},
        push_name=event.push_name,
    )
    if not is_ignored(session, message):
        _store(session, message)


@retry_conflicts
def _store(session: Session, event: MessageReceived) -> None:
    key = dedup_key(session.pk, event)
    with atomic():
        if Message.objects.filter(dedup_key=key).exists():
            return
        message = Message.objects.create(dedup_key=key, **received_fields(session, event))
        chat_touch(message)
        payload: dict[str, Any] = message_payload(message)
        publish(EventType.MESSAGE_WAITING, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)
