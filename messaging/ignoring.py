"""Kinds of chats that people do not want in a session: neither stored nor published.

Asked of the database: the row that a session's owner holds in memory is as old as its last look, and a setting counts
from the moment in which the request that changed it is answered.
"""

from collections.abc import Iterable

from sessions_app.engine.base import MessageReceived
from sessions_app.models import Session

from .models import ChatKind, chat_kind

SWITCHES = {
    ChatKind.GROUP: "ignore_groups",
    ChatKind.STATUS: "ignore_status",
    ChatKind.CHANNEL: "ignore_channels",
}


def ignored_kinds(session: Session) -> frozenset[ChatKind]:
    """What the session ignores now."""
    values: Iterable[bool] = Session.objects.filter(pk=session.pk).values_list(*SWITCHES.values()).first() or ()
    return frozenset(kind for kind, ignored in zip(SWITCHES, values, strict=False) if ignored)


def message_chat_kind(event: MessageReceived) -> ChatKind:
    """Of the chat that the message is in."""
    return chat_kind(event.chat.jid or event.chat.lid)


def is_ignored(session: Session, event: MessageReceived) -> bool:
    """Is it of a kind of chat that people do not want here? Direct chats cost no query."""
    kind = message_chat_kind(event)
    return kind in SWITCHES and kind in ignored_kinds(session)
