"""Hands the session owner what it calls back into: the outbox and the handlers of engine events."""

from sessions_app import hooks
from sessions_app.engine.base import (
    CallChanged,
    ChatRead,
    ChatTimerChanged,
    EngineEvent,
    GroupChanged,
    GroupJoined,
    HistoryReceived,
    MessageReceived,
    MessageWaiting,
    PresenceChanged,
    ReceiptReceived,
    StateChanged,
)
from sessions_app.engine.states import REASON_TEXT, State
from sessions_app.models import Session

# The account is gone, or may not send: what waits would go out from another number, or all at once after a ban.
# In every other state messages stay queued until the session is connected again.
HOPELESS = frozenset({State.LOGGED_OUT, State.BANNED})


def register() -> None:
    """Called once, when Django has loaded the models."""
    from .media.arriving import MediaDownloads
    from .outbox import MessageOutbox

    hooks.outbox_register(MessageOutbox())
    hooks.downloads_register(MediaDownloads())
    hooks.handler_register(MessageReceived, _message)
    hooks.handler_register(ReceiptReceived, _receipt)
    hooks.handler_register(GroupJoined, _group_joined)
    hooks.handler_register(GroupChanged, _group_changed)
    hooks.handler_register(StateChanged, _state)
    hooks.handler_register(MessageWaiting, _waiting)
    hooks.handler_register(CallChanged, _call)
    hooks.handler_register(PresenceChanged, _presence)
    hooks.handler_register(ChatRead, _chat_read)
    hooks.handler_register(ChatTimerChanged, _chat_timer)
    hooks.handler_register(HistoryReceived, _history)


def _message(session: Session, event: EngineEvent) -> None:
    from .inbound import message_store

    assert isinstance(event, MessageReceived)
    message_store(session, event)


def _receipt(session: Session, event: EngineEvent) -> None:
    from .receipts import receipts_store

    assert isinstance(event, ReceiptReceived)
    receipts_store(session, event)


def _group_joined(session: Session, event: EngineEvent) -> None:
    from .groups.apply import joined_store

    assert isinstance(event, GroupJoined)
    joined_store(session, event)


def _group_changed(session: Session, event: EngineEvent) -> None:
    from .groups.apply import changed_store

    assert isinstance(event, GroupChanged)
    changed_store(session, event)


def _state(session: Session, event: EngineEvent) -> None:
    from .outbox import fail_waiting

    assert isinstance(event, StateChanged)
    if event.state in HOPELESS:
        text = event.text or REASON_TEXT[event.reason]
        code = f"session_{event.state.value.lower()}"
        # A ban may be over when a scheduled message is due; another account must not send it.
        fail_waiting(session.pk, code=code, text=text, scheduled=event.state is State.LOGGED_OUT)


def _waiting(session: Session, event: EngineEvent) -> None:
    from .unreadable import waiting_store

    assert isinstance(event, MessageWaiting)
    waiting_store(session, event)


def _call(session: Session, event: EngineEvent) -> None:
    from .calls import call_store

    assert isinstance(event, CallChanged)
    call_store(session, event)


def _presence(session: Session, event: EngineEvent) -> None:
    from .presence import presence_store

    assert isinstance(event, PresenceChanged)
    presence_store(session, event)


def _chat_read(session: Session, event: EngineEvent) -> None:
    from .chats.reading import chat_read_elsewhere

    assert isinstance(event, ChatRead)
    chat_read_elsewhere(session, event)


def _chat_timer(session: Session, event: EngineEvent) -> None:
    from .chats.timers import timer_store

    assert isinstance(event, ChatTimerChanged)
    timer_store(session, event)


def _history(session: Session, event: EngineEvent) -> None:
    from .history import history_store

    assert isinstance(event, HistoryReceived)
    history_store(session, event)
