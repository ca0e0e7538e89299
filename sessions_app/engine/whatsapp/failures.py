"""neonize's error texts as errors of the contract. There is nothing but text to go by."""

import re

from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown, Refused

NUMBER = re.compile(r"(?:server returned error|info query returned status) (\d+)")

PATTERNS: tuple[tuple[str, type[EngineError]], ...] = (
    ("no lid found", InvalidTarget),
    ("not on whatsapp", InvalidTarget),
    ("can't send message to unknown server", InvalidTarget),
    ("recipient is not", InvalidTarget),
    ("websocket not connected", NotConnected),
    ("the store doesn't contain a device jid", NotConnected),
    ("client is not logged in", NotConnected),
    ("timed out", OutcomeUnknown),
    ("deadline exceeded", OutcomeUnknown),
    ("websocket disconnected before", OutcomeUnknown),
    ("failed to retry", OutcomeUnknown),
)


def translate(error: Exception) -> EngineError:
    """The error that an exception of the library stands for."""
    reason = error.args[0] if error.args else ""
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    if match := NUMBER.search(text):
        return Refused(text, code=f"whatsapp_{match[1]}")
    lowered = text.lower()
    if "without pushname" in lowered:
        return EngineError("the phone has not shared the account's name yet", code="not_ready")
    for pattern, kind in PATTERNS:
        if pattern in lowered:
            return kind(text)
    return EngineError(text)
