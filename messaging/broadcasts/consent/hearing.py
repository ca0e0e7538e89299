"""An inbound word changes who may be written to, in the very transaction that stores the message: once, for sure."""

from messaging.audience.models import Suppression, SuppressionSource
from messaging.audience.services import suppress, unsuppress
from messaging.broadcasts.models import Consent
from messaging.models import Message
from messaging.services import message_create
from sessions_app.models import Session
from whatsapp_api.core.errors import ApiError

from .words import LONGEST, START_WORDS, STARTED, STOP_WORDS, STOPPED, plain


def words_hear(message: Message) -> None:
    """`message` is a person's own. Answers nothing to who had said so before."""
    if not message.text or len(message.text) > LONGEST:
        return
    word = plain(message.text)
    consent = Consent.objects.filter(workspace_id=message.workspace_id).first() or Consent()
    if not consent.enabled:
        return
    if word in STOP_WORDS or word in map(plain, consent.stop_words):
        if suppress(message.workspace_id, message.chat, source=SuppressionSource.KEYWORD, reason=word):
            _answer(message, consent.stop_text or STOPPED)
    elif word in START_WORDS or word in map(plain, consent.start_words):
        # Only their own word is undone by their word: an operator's or an imported ban stays.
        mine = Suppression.objects.filter(workspace_id=message.workspace_id, jid=message.chat)
        if mine.filter(source=SuppressionSource.KEYWORD).exists() and unsuppress(message.workspace_id, message.chat):
            _answer(message, consent.start_text or STARTED)


def _answer(message: Message, text: str) -> None:
    session = Session.objects.filter(pk=message.session_id).first()
    if session is None:
        return
    try:
        message_create(session=session, to=message.chat, content={"text": text}, text=text)
    except ApiError:
        pass  # the session is stopped or its queue full: what they asked for holds all the same
