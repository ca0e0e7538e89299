"""Reading chats, always within one session that the caller may see."""

import uuid
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from messaging.models import Chat, Message
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError


def chats_of(session: Session) -> QuerySet[Chat]:
    """All of a session's chats, the latest activity first."""
    return Chat.objects.filter(session=session).order_by("-activity")


def chat_get(session: Session, jid: str) -> Chat:
    """One chat by either of its addresses; 404 when there is none."""
    rows = Chat.objects.filter(session=session).order_by()
    found = rows.filter(jid=jid).first() or (rows.filter(lid=jid).first() if jid.endswith("@lid") else None)
    if found is None:
        raise ApiError(
            "chat_not_found",
            "This session has no chat with that address: no message came from or went to it yet.",
            http_status=404,
        )
    return found


def chat_messages(chat: Chat) -> QuerySet[Message]:
    """The chat's messages, newest first."""
    return Message.objects.filter(session_id=chat.session_id, chat=chat.jid).order_by("-id")


def last_messages(chats: Sequence[Chat]) -> dict[uuid.UUID | None, Message]:
    """The last message of each chat, in one query."""
    return {**Message.objects.in_bulk([chat.last_message_id for chat in chats if chat.last_message_id])}


def named_like(text: str) -> Q:
    """Chats whose name or address holds this text."""
    address = "".join(character for character in text if character not in "+ -()")
    return Q(name__icontains=text) | (Q(jid__startswith=address) if address.isdigit() else Q(pk__in=[]))
