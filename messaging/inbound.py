"""Messages that reach an account, from others or written on its own phone, stored once each."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from sessions_app.engine.base import MessageReceived
from sessions_app.hooks import download_hint
from sessions_app.models import Session
from whatsapp_api.accounts.bodies.fields import bodies_in
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.numbering import counted_first
from whatsapp_api.events.publish import publish

from . import followers
from .albums.parts import album_join
from .chats.activity import chat_address, chat_touch
from .effects import EFFECTS, effect_apply, effects_catch_up
from .ignoring import is_ignored
from .media.arriving import media_expect
from .models import Direction, Message, MessageKind, MessageState
from .payloads import message_payload
from .people.contacts import contact_heard
from .previews.receiving import preview_keep
from .receipts import digest
from .references import vote_text, with_references
from .words import message_words


def message_store(session: Session, event: MessageReceived) -> None:
    """Store the message and publish it, unless it is there already: engines repeat what was not acknowledged.

    Messages of chats that the session ignores leave no trace, whoever wrote them.
    """
    if is_ignored(session, event):
        return
    key = dedup_key(session.pk, event)
    known = Message.objects.filter(dedup_key=key).values_list("pk", "kind").first()
    if known is not None:
        if known[1] == MessageKind.WAITING:
            _replace(session, event, known[0])
        return
    try:
        contact_heard(_create(session, event, key))
    except IntegrityError:
        if not Message.objects.filter(dedup_key=key).exists():  # then it was something else
            raise


@retry_conflicts
def _create(session: Session, event: MessageReceived, key: str) -> Message:
    message = Message(dedup_key=key, **received_fields(session, event))
    preview_keep(message)
    with counted_first(session.workspace_id):
        if "media" in message.content:
            media_expect(message)
            transaction.on_commit(download_hint)
        message.save(force_insert=True)
        chat_touch(message)
        _announce(message)
    return message


@retry_conflicts
def _replace(session: Session, event: MessageReceived, placeholder: uuid.UUID) -> None:
    """The message that a placeholder was waiting for, in its place."""
    fields = received_fields(session, event)
    rows = Message.objects.filter(pk=placeholder, kind=MessageKind.WAITING)
    with atomic():
        if "media" in fields["content"]:
            message = Message(pk=placeholder, **fields)
            media_expect(message)
            transaction.on_commit(download_hint)
            fields["content"] = message.content
        if rows.update(**_columns(session, fields)):
            _announce(Message.objects.get(pk=placeholder))


def _columns(session: Session, fields: dict[str, Any]) -> dict[str, Any]:
    words = message_words(session.workspace_id, fields["text"])
    return {**bodies_in(Message, session.workspace_id, fields), "words": words}


def _announce(message: Message) -> None:
    """Publish it; a message about another one takes effect, and what came before this one does so now."""
    if message.kind in EFFECTS:
        effect_apply(message)
        return
    effects_catch_up(message)
    album_join(message)
    publish(
        EventType.MESSAGE_CREATED if message.from_me else EventType.MESSAGE,
        workspace_id=message.workspace_id,
        session_id=message.session_id,
        payload=message_payload(message),
    )
    followers.received(message)


def received_fields(session: Session, event: MessageReceived) -> dict[str, Any]:
    """The columns that an engine's message fills."""
    at = from_unix(event.timestamp)
    known = event.kind in MessageKind.values
    fields: dict[str, Any] = {
        "workspace_id": session.workspace_id,
        "session_id": session.pk,
        "direction": Direction.OUT if event.from_me else Direction.IN,
        "state": MessageState.SENT if event.from_me else MessageState.RECEIVED,
        "kind": event.kind if known else MessageKind.UNKNOWN,
        "chat": event.chat.jid[:80] or chat_address(session.pk, event.chat.lid[:80]),
        "chat_lid": event.chat.lid[:80],
        "sender": (event.sender.jid or event.sender.lid)[:80],
        "sender_lid": event.sender.lid[:80],
        "push_name": event.push_name[:200],
        "from_me": event.from_me,
        "wa_id": event.wa_id[:80],
        "timestamp": at,
        "sent_at": at if event.from_me else None,
        "quoted_id": event.quoted_id[:80],
        "raw": event.raw,
    }
    content = with_references(session.pk, fields["chat"], event.details or _plain(event))
    return {**fields, "content": content, "text": event.text or vote_text(content)}


def _plain(event: MessageReceived) -> dict[str, Any]:
    return {"text": event.text} if event.text else {}


def dedup_key(session_id: uuid.UUID, event: MessageReceived) -> str:
    """WhatsApp's ids are unique per sender in a chat only; the sender chooses them."""
    chat, sender = event.chat, event.sender
    return f"{session_id}:{digest(event.wa_id, chat.jid or chat.lid, sender.jid or sender.lid)}"
