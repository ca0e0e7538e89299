"""Reading messages, always within one session that the caller may see."""

import uuid

from django.db.models import Q, QuerySet

from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .models import Message


def messages_of(session: Session) -> QuerySet[Message]:
    """All of a session's messages, newest first."""
    return Message.objects.filter(session=session).order_by("-id")


def message_get(session: Session, message_id: uuid.UUID) -> Message:
    """One message of the session; 404 for all others."""
    message = messages_of(session).filter(pk=message_id).first()
    if message is None:
        raise ApiError("message_not_found", "There is no message with this id in this session.", http_status=404)
    return message


def in_chat(jid: str) -> Q:
    """Messages of a chat, under whichever of a person's two addresses it is asked for."""
    return Q(chat_lid=jid) | Q(chat=jid) if jid.endswith("@lid") else Q(chat=jid)
