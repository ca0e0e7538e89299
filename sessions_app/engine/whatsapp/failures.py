"""neonize's error texts as errors of the contract. There is nothing but text to go by."""

import re

from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown, Refused

NUMBER = re.compile(r"(?:server returned error|info query returned status) (\d+)")

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
REFUSALS = {
    "403": "WhatsApp does not allow this account to do that (403).",
    "404": "WhatsApp knows nothing under this address (404).",
    "429": "Too much was asked of WhatsApp in a short time (429). Wait a while before the next attempt.",
    "463": "WhatsApp does not let this account write to people it has no chat with for now (463). "
    "Replies still work; wait before writing to new people.",
}


def translate(error: Exception) -> EngineError:
    """The error that an exception of the library stands for."""
    reason = error.args[0] if error.args else ""
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    if match := NUMBER.search(text):
        number = match[1]
        return Refused(REFUSALS.get(number, f"WhatsApp refused this (error {number})."), code=f"whatsapp_{number}")
    lowered = text.lower()
    if "without pushname" in lowered:
        return EngineError("the phone has not shared the account's name yet", code="not_ready")
    for pattern, kind, sentence in PATTERNS:
        if pattern in lowered:
            return kind(sentence)
    return EngineError(text)
