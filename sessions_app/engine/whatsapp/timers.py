"""Disappearing messages of direct chats: a message of the protocol's own tells the timer. Groups tell it so."""

from typing import Any

from sessions_app.engine.base import ChatTimerChanged, Person

from . import jids
from .events import chat_of, completed
from .incoming import unwrapped
from .library import Message
from .people import Complete

SETTING = Message().protocolMessage.EPHEMERAL_SETTING


def timer_message(seconds: int, at: int) -> Any:
    """Sets the timer of the chat it is sent to; 0 keeps messages. `at`: Unix seconds, the latest setting counts."""
    message = Message()
    message.protocolMessage.type = SETTING
    message.protocolMessage.ephemeralExpiration = seconds
    message.protocolMessage.ephemeralSettingTimestamp = at
    return message


def timer_changed(session: str, event: Any, me: Person, complete: Complete) -> ChatTimerChanged | None:
    """What somebody, or another device of the account, has set; None for any other message."""
    protocol, source = unwrapped(event.Message).protocolMessage, event.Info.MessageSource
    if not protocol.HasField("type") or protocol.type != SETTING or source.Chat.Server not in jids.PEOPLE:
        return None
    sender = jids.person(source.Sender, source.SenderAlt)
    at = protocol.ephemeralSettingTimestamp or event.Info.Timestamp / 1000
    return ChatTimerChanged(
        session=session,
        chat=complete(chat_of(source)),
        sender=completed(sender, me) if source.IsFromMe else complete(sender),
        seconds=protocol.ephemeralExpiration,
        at=float(at),
    )
