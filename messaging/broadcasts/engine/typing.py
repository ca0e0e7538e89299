"""Typing shown in a chat while its message waits for its moment."""

import logging
import uuid

from django.utils import timezone

from messaging.broadcasts.holding import blocked, pacer_of
from sessions_app.asking import ask
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

logger = logging.getLogger(__name__)
SECONDS = 5.0


def typing_show(session_id: uuid.UUID, jid: str) -> bool:
    """WhatsApp ends it by itself when the message comes. False: it could not be shown."""
    session = Session.objects.filter(pk=session_id, deleted_at=None).first()
    if session is None or blocked(session, pacer_of(session_id), timezone.now())[0]:
        return False
    try:
        ask(session, "chat_presence", {"chat": jid, "state": "typing"}, timeout=SECONDS)
    except ApiError as error:
        logger.info("Session %s shows no typing: %s", session_id, error.code)
        return False
    return True
