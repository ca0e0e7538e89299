"""Errors an engine call can end with. `code` is stable and travels to the REST API."""


class EngineError(Exception):
    """The engine refused or failed a call; the outcome is known: nothing was done."""

    code = "engine_error"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        if code:
            self.code = code


class Unsupported(EngineError):
    """This provider cannot do that (HTTP 501)."""

    code = "unsupported"


class NotConnected(EngineError):
    """The session is not connected, so nothing was attempted."""

    code = "not_connected"


class InvalidTarget(EngineError):
    """The JID or the phone number is malformed or unknown to WhatsApp."""

    code = "invalid_target"


class Refused(EngineError):
    """WhatsApp answered with an error; its codes are in refusals.py."""

    code = "whatsapp_refused"


class OutcomeUnknown(EngineError):
    """The call ended with no answer: it may or may not have had its effect. Never retry blindly."""

    code = "outcome_unknown"


ERRORS: dict[str, type[EngineError]] = {
    kind.__name__: kind for kind in (EngineError, Unsupported, NotConnected, InvalidTarget, Refused, OutcomeUnknown)
}
