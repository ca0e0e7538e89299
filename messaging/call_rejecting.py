"""Calls that a session refuses by itself (`reject_calls`), and the text that their callers get instead."""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .calls import call_reject
from .models import ChatKind, Message, chat_kind
from .services import message_create

logger = logging.getLogger(__name__)

RINGS_AT_MOST = timedelta(seconds=60)
"""What is older was offered while the session was away: nobody calls any more."""


def call_refuse(call_id: uuid.UUID) -> bool:
    """Refuse the call of this row if the session still wants it and it still rings; False when not."""
    call = Message.objects.filter(pk=call_id).select_related("session").first()
    if call is None or not call.session.reject_calls or timezone.now() - call.timestamp > RINGS_AT_MOST:
        return False
    try:
        call_reject(session=call.session, call_id=str(call.content["call_id"]))
        _answer(call.session, call)
    except ApiError as error:  # it ended meanwhile, or the session went away: then nobody refuses it
        logger.info("Session %s: a call was not refused or answered: %s", call.session_id, error.code)
        return False
    return True


def _answer(session: Session, call: Message) -> None:
    """The session's text, to a person and once in a while: who calls ten times is told once."""
    text = session.reject_calls_text
    if text and chat_kind(call.chat) == ChatKind.PERSON and _first_in_a_while(call):
        message_create(session=session, to=call.chat, content={"text": text}, text=text)


def _first_in_a_while(call: Message) -> bool:
    key = f"call-answered:{call.session_id}:{call.chat}"
    try:
        return bool(cache.add(key, 1, timeout=settings.CALL_ANSWER_MINUTES * 60))
    except RedisError:
        return False
