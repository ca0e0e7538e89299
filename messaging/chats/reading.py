"""Chats that were read, here or on the account's phone."""

import uuid
from collections.abc import Sequence
from itertools import groupby

from messaging.models import Chat, Direction, Message
from sessions_app.asking import ask
from sessions_app.engine.base import ChatRead
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .activity import SILENT_KINDS, chat_address
from .payloads import chat_payload

MOST_RECEIPTS = 500  # of one request: the newest
MOST_COUNTED = 1_000


def chat_mark_read(*, session: Session, chat: Chat, message_ids: Sequence[uuid.UUID] | None = None) -> int:
    """Tell the senders that their messages were read, all that are unread or these; how many receipts went out."""
    messages = _to_read(chat, message_ids)
    by_sender = sorted(messages, key=lambda message: message.sender)
    for sender, group in groupby(by_sender, key=lambda message: message.sender):
        ask(session, "mark_read", {"chat": chat.jid, "sender": sender, "ids": [message.wa_id for message in group]})
    if messages or message_ids is None:
        newest = max((message.pk for message in messages), default=chat.activity)
        _read_until(session, chat, newest if message_ids is not None else chat.activity)
    return len(messages)


def chat_read_elsewhere(session: Session, event: ChatRead) -> None:
    """The account read messages on another device: fewer are unread here too."""
    jid = event.chat.jid or chat_address(session.pk, event.chat.lid)
    chat = Chat.objects.filter(session_id=session.pk, jid=jid).first()
    rows = Message.objects.filter(session_id=session.pk, wa_id__in=event.wa_ids, chat=jid)
    newest = rows.order_by("-id").values_list("pk", flat=True).first() if chat else None
    if chat is not None and newest is not None:
        _read_until(session, chat, newest)


def _to_read(chat: Chat, message_ids: Sequence[uuid.UUID] | None) -> list[Message]:
    rows = Message.objects.filter(session_id=chat.session_id, chat=chat.jid, direction=Direction.IN)
    rows = rows.exclude(wa_id="").exclude(kind__in=SILENT_KINDS)
    if message_ids is not None:
        return list(rows.filter(pk__in=list(message_ids)))
    return list(rows.order_by("-id")[: min(chat.unread, MOST_RECEIPTS)])


@retry_conflicts
def _read_until(session: Session, chat: Chat, newest: uuid.UUID) -> None:
    """Unread is what came after that message."""
    with atomic():
        later = Message.objects.filter(session_id=chat.session_id, chat=chat.jid, id__gt=newest)
        later = later.filter(direction=Direction.IN).exclude(kind__in=SILENT_KINDS).order_by("id")
        unread = min(len(later.values_list("pk", flat=True)[:MOST_COUNTED]), chat.unread)
        if Chat.objects.filter(pk=chat.pk).exclude(unread=unread).update(unread=unread):
            publish(
                EventType.CHAT_UPDATE,
                workspace_id=session.workspace_id,
                session_id=session.pk,
                payload={**chat_payload(chat), "unread": unread},
            )
    chat.unread = unread  # not before the commit: repeated, it must not take what it did in vain for known
