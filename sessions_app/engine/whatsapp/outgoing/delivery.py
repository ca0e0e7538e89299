"""From a draft to a message that WhatsApp has acknowledged."""

import importlib
from typing import Any

from google.protobuf.message import EncodeError

from sessions_app.engine.errors import EngineError
from sessions_app.engine.whatsapp.attempts import traceable

from . import MODULES
from .album import associate
from .context import apply
from .draft import Draft
from .forward import passed_on


def build(draft: Draft) -> Any:
    """The protobuf of a draft, with the options that every kind can have."""
    try:
        message = passed_on(draft) or _module(draft).build(draft)
        return associate(draft, apply(draft, message))
    except (KeyError, TypeError, ValueError, EncodeError) as error:  # of Python's or protobuf's: nothing was sent
        text = f"this content makes no message of kind {draft.kind}: {type(error).__name__}"
        raise EngineError(text, code="invalid_arguments") from error


def deliver(draft: Draft) -> tuple[Any, Any]:
    """Send it and wait for WhatsApp's acknowledgement, up to 75 s: the library's answer, and the protobuf sent.

    A module with a `send(draft, message)` of its own uses another call of the library.
    """
    message = traceable(build(draft), draft.ref)
    send = getattr(_module(draft), "send", None)
    return (send(draft, message) if send else draft.client.send_message(draft.to, message)), message


def _module(draft: Draft) -> Any:
    return importlib.import_module(f".{MODULES[draft.kind]}", __package__)
