"""neonize's error texts as errors of the contract. There is nothing but text to go by."""

import re
from collections.abc import Mapping

from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown
from sessions_app.engine.refusals import RECIPIENT_NOT_FOUND, refused

NUMBER = re.compile(r"(?:server returned error|info query returned status|graphql error:) (\d+)")
# Sentences of the library that hide WhatsApp's number.
HIDDEN_NUMBERS = {
    "that group does not exist": "404",
    "you're not participating in that group": "403",
    "you don't have the permission to get the group's invite link": "401",
    "that group invite link is not valid": "406",
    "that group invite link has been revoked": "410",
    "the given data is not a valid image": "406",
    "invalid disappearing timer": "400",
}

UNKNOWN_NUMBER = "This number is not on WhatsApp. Check it, country code included."
NOT_CONNECTED = "The session is not connected to WhatsApp."
NO_ANSWER = "WhatsApp did not answer in time; it may or may not have happened."
# What the library says, as error of the contract and as a sentence for people.
PATTERNS: tuple[tuple[str, type[EngineError], str], ...] = (
    ("no lid found", InvalidTarget, UNKNOWN_NUMBER),
    ("not on whatsapp", InvalidTarget, UNKNOWN_NUMBER),
    ("can't send message to unknown server", InvalidTarget, "Messages cannot be sent to this kind of address."),
    ("recipient is not", InvalidTarget, UNKNOWN_NUMBER),
    ("websocket not connected", NotConnected, NOT_CONNECTED),
    ("the store doesn't contain a device jid", NotConnected, NOT_CONNECTED),
    ("client is not logged in", NotConnected, NOT_CONNECTED),
    ("timed out", OutcomeUnknown, NO_ANSWER),
    ("deadline exceeded", OutcomeUnknown, NO_ANSWER),
    ("websocket disconnected before", OutcomeUnknown, "The connection was lost before WhatsApp answered."),
    ("failed to retry", OutcomeUnknown, "The connection was lost before WhatsApp answered."),
)
NO_SENTENCES: Mapping[str, str] = {}


def translate(error: Exception, sentences: Mapping[str, str] = NO_SENTENCES) -> EngineError:
    """The error that an exception of the library stands for; `sentences` say what WhatsApp's numbers mean there."""
    reason = error.args[0] if error.args else ""
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    lowered = text.lower()
    if number := _number(lowered):
        return refused(number, sentences.get(number, ""))
    if "no app state keys found" in lowered or "error updating app state" in lowered:
        return EngineError("the phone has not shared the keys for this yet: try again in a moment", code="not_ready")
    if "without pushname" in lowered:
        return EngineError("the phone has not shared the account's name yet", code="not_ready")
    for pattern, kind, sentence in PATTERNS:
        if pattern in lowered:
            return kind(sentence, code=RECIPIENT_NOT_FOUND if sentence == UNKNOWN_NUMBER else None)
    return EngineError(text)


def _number(text: str) -> str:
    if match := NUMBER.search(text):
        return match[1]
    return next((number for sentence, number in HIDDEN_NUMBERS.items() if sentence in text), "")
