"""Hands the session owner what it calls back into: the outbox and the handlers of engine events."""

from sessions_app import hooks
from sessions_app.engine.base import EngineEvent, MessageReceived, ReceiptReceived, StateChanged
from sessions_app.engine.states import REASON_TEXT, State
from sessions_app.models import Session

# The account is gone, or may not send: what waits would go out from another number, or all at once after a ban.
# In every other state messages stay queued until the session is connected again.
HOPELESS = frozenset({State.LOGGED_OUT, State.BANNED})


def register() -> None:
    """Called once, when Django has loaded the models."""
    from .outbox import MessageOutbox

    hooks.outbox_register(MessageOutbox())
    hooks.handler_register(MessageReceived, _message)
    hooks.handler_register(ReceiptReceived, _receipt)
    hooks.handler_register(StateChanged, _state)


def _message(session: Session, event: EngineEvent) -> None:
    from .inbound import message_store

    assert isinstance(event, MessageReceived)
    message_store(session, event)


def _receipt(session: Session, event: EngineEvent) -> None:
    from .receipts import receipts_store

    assert isinstance(event, ReceiptReceived)
    receipts_store(session, event)


def _state(session: Session, event: EngineEvent) -> None:
    from .outbox import fail_queued

    assert isinstance(event, StateChanged)
    if event.state in HOPELESS:
        text = event.text or REASON_TEXT[event.reason]
        fail_queued(session.pk, code=f"session_{event.state.value.lower()}", text=text)
