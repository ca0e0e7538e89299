"""neonize's events about people and calls as ours: presence, typing, calls, messages that cannot be read yet."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from sessions_app.engine.base import (
    CallChanged,
    ChatRead,
    EngineEvent,
    MessageWaiting,
    Person,
    PresenceChanged,
)

from . import jids
from .library import pb

Complete = Callable[[Person], Person]
Reader = Callable[[Any], EngineEvent | None]

OWN_READ = frozenset({pb.Receipt.READ_SELF, pb.Receipt.PLAYED_SELF})


class Watching:
    """Reads the events of one session."""

    def __init__(self, session: str, complete: Complete) -> None:
        self._session = session
        self._complete = complete

    def readers(self) -> Iterator[tuple[Any, Reader]]:
        """What to subscribe to."""
        yield pb.Presence, self.presence
        yield pb.ChatPresence, self.typing
        yield pb.UndecryptableMessage, self.waiting
        yield pb.CallOffer, lambda event: self.call(event, "offer")
        yield pb.CallOfferNotice, lambda event: self.call(event, "offer")
        yield pb.CallAccept, lambda event: self.call(event, "accept")
        yield pb.CallTerminate, lambda event: self.call(event, "terminate")

    def presence(self, event: Any) -> EngineEvent | None:
        """Online, or offline since when (0: not told)."""
        person = self._complete(jids.person(event.From))
        return PresenceChanged(
            session=self._session,
            chat=person,
            sender=person,
            shows="unavailable" if event.Unavailable else "available",
            last_seen=float(max(0, event.LastSeen)),
        )

    def typing(self, event: Any) -> EngineEvent | None:
        """Typing, recording, or neither any more."""
        source = event.MessageSource
        if source.IsFromMe:
            return None
        sender = self._complete(jids.person(source.Sender, source.SenderAlt))
        group = source.IsGroup or source.Chat.Server == jids.GROUP_SERVER
        shows = "paused"
        if event.State == pb.ChatPresence.COMPOSING:
            audio = event.Media == pb.ChatPresence.AUDIO
            shows = "recording" if audio else "typing"
        chat = Person(jid=jids.text(source.Chat)) if group else sender
        return PresenceChanged(session=self._session, chat=chat, sender=sender, shows=shows)

    def waiting(self, event: Any) -> EngineEvent | None:
        """A message that could not be decrypted, or that linked devices do not get."""
        info = event.Info
        source = info.MessageSource
        if info.Category == "peer":
            return None
        sender = self._complete(jids.person(source.Sender, source.SenderAlt))
        chat = Person(jid=jids.text(source.Chat))
        if not source.IsGroup and source.Chat.Server in (jids.PHONE_SERVER, jids.LID_SERVER):
            alt = source.RecipientAlt if source.IsFromMe else source.SenderAlt
            chat = self._complete(jids.person(source.Chat, alt))
        return MessageWaiting(
            session=self._session,
            wa_id=info.ID,
            chat=chat,
            sender=sender,
            from_me=source.IsFromMe,
            timestamp=info.Timestamp / 1000,
            push_name=info.Pushname,
            unavailable=event.IsUnavailable,
        )

    def call(self, event: Any, phase: str) -> EngineEvent | None:
        """A call rings, was taken on another device, or is over."""
        meta = event.basicCallMeta
        who = getattr(meta, "from")
        caller = self._complete(jids.person(meta.callCreator, meta.callCreatorAlt))
        sender = caller if caller.jid or caller.lid else self._complete(jids.person(who))
        attributes = {attribute.name: attribute for attribute in event.data.Attrs}
        group = attributes["group-jid"].jid if "group-jid" in attributes else None
        return CallChanged(
            session=self._session,
            call_id=meta.callID,
            sender=sender,
            chat=Person(jid=jids.text(group)) if group else sender,
            caller=jids.text(meta.callCreator) or jids.text(who),
            phase=phase,
            video=_is_video(event),
            cause=getattr(event, "reason", ""),
            timestamp=_seconds(meta.timestamp),
        )

    def read_elsewhere(self, event: Any) -> EngineEvent | None:
        """A receipt that another device of the account sent for what it has read."""
        source = event.MessageSource
        if event.Type not in OWN_READ:
            return None
        chat = jids.person(source.Chat, source.RecipientAlt)
        if source.Chat.Server == jids.GROUP_SERVER:
            chat = Person(jid=jids.text(source.Chat))
        return ChatRead(session=self._session, chat=self._complete(chat), wa_ids=list(event.MessageIDs))


def _is_video(event: Any) -> bool:
    if getattr(event, "media", "") == "video":
        return True
    return any(node.Tag == "video" for node in event.data.Nodes)


def _seconds(timestamp: int) -> float:
    """The library gives seconds in some versions and milliseconds in others."""
    if timestamp <= 0:
        return time.time()
    return timestamp / 1000 if timestamp > 100_000_000_000 else float(timestamp)
