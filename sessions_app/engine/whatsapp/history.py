"""What the phone remembers, cut into pieces that the spool and the database take easily.

A phone sends its history after linking, in a few large blobs; each becomes one event of the library.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sessions_app.engine.base import HistoryReceived, MessageReceived, Person, StartOptions
from sessions_app.engine.codec import to_map

from . import jids
from .events import as_json, file_of
from .incoming import read_content

PIECE = 200  # messages of one event
DAY = 86_400
SYNCS = {0: "initial", 2: "full", 3: "recent", 4: "names"}
Complete = Callable[[Person], Person]


@dataclass(slots=True)
class Piece:
    """What is gathered for the next event."""

    chats: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, str]] = field(default_factory=list)


class History:
    """Reads the history events of one session."""

    def __init__(self, session: str, options: StartOptions, me: Callable[[], Person], complete: Complete) -> None:
        self._session, self._me, self._complete = session, me, complete
        limited = options.history == "limited"
        self._at_most = options.history_messages if limited else None
        self._days = options.history_days if limited else None

    def pieces(self, event: Any) -> Iterator[HistoryReceived]:
        """Events to emit for one blob of the phone, in order."""
        data = event.Data
        sync = SYNCS.get(data.syncType)
        if sync is None:
            return
        pairs = {pair.lidJID: pair.pnJID for pair in data.phoneNumberToLidMappings}
        counts = {"chats": 0, "messages": 0, "names": len(data.pushnames)}
        piece = Piece(names=[self._name(each, pairs) for each in data.pushnames])
        for conversation in data.conversations:
            chat = self._chat(conversation, pairs)
            piece.chats.append(self._chat_map(chat, conversation))
            counts["chats"] += 1
            for message in self._messages(chat, conversation):
                piece.messages.append(message)
                counts["messages"] += 1
                if len(piece.messages) >= PIECE:
                    yield self._event(sync, data, piece)
                    piece = Piece()
        yield self._event(sync, data, piece, last=True, counts=counts)

    def _event(self, sync: str, data: Any, piece: Piece, **more: Any) -> HistoryReceived:
        return HistoryReceived(
            session=self._session,
            sync=sync,
            progress=data.progress,
            chats=piece.chats,
            messages=piece.messages,
            names=piece.names,
            **more,
        )

    def _chat(self, conversation: Any, pairs: dict[str, str]) -> Person:
        address = _bare(conversation.ID)
        if address.rpartition("@")[2] not in (jids.PHONE_SERVER, jids.LID_SERVER):
            return Person(jid=address)
        return self._person(address, conversation.pnJID, conversation.lidJID, pairs.get(address, ""))

    def _person(self, *addresses: str) -> Person:
        known = [_bare(address) for address in addresses if "@" in address]
        phone = next((address for address in known if address.endswith(f"@{jids.PHONE_SERVER}")), "")
        lid = next((address for address in known if address.endswith(f"@{jids.LID_SERVER}")), "")
        return self._complete(Person(jid=phone, lid=lid))

    @staticmethod
    def _chat_map(chat: Person, conversation: Any) -> dict[str, Any]:
        return {
            "jid": chat.jid,
            "lid": chat.lid,
            "name": conversation.name or conversation.displayName,
            "saved_name": conversation.name,  # in the phone's address book
            "unread": conversation.unreadCount,
            "archived": conversation.archived,
            "pinned": conversation.pinned,
            "muted_until": conversation.muteEndTime,
            "disappearing": conversation.ephemeralExpiration,
            "at": max(conversation.conversationTimestamp, conversation.lastMsgTimestamp),
        }

    def _name(self, each: Any, pairs: dict[str, str]) -> dict[str, str]:
        person = self._person(each.ID, pairs.get(each.ID, ""))
        return {"jid": person.jid, "lid": person.lid, "name": each.pushname}

    def _messages(self, chat: Person, conversation: Any) -> Iterator[dict[str, Any]]:
        """Newest first, as phones send them; the sort makes sure."""
        infos: list[Any] = sorted((item.message for item in conversation.messages), key=_newest_first)
        earliest, taken = time.time() - self._days * DAY if self._days else 0.0, 0
        for info in infos:
            if info.messageTimestamp < earliest or (self._at_most is not None and taken >= self._at_most):
                return
            if (message := self._message(chat, info)) is not None:
                taken += 1
                yield message

    def _message(self, chat: Person, info: Any) -> dict[str, Any] | None:
        content = read_content(info.message) if info.HasField("message") else None
        if content is None or not info.key.ID:
            return None
        sender = self._me() if info.key.fromMe else self._sender(chat, info)
        received = MessageReceived(
            session=self._session,
            wa_id=info.key.ID,
            chat=chat,
            sender=sender,
            from_me=info.key.fromMe,
            timestamp=float(info.messageTimestamp),
            kind=content.kind,
            text=content.text,
            details={**content.details, **file_of(info.message)},
            push_name=info.pushName,
            quoted_id=content.target,
            raw={"message": as_json(info.message)},
        )
        return to_map(received)

    def _sender(self, chat: Person, info: Any) -> Person:
        participant = info.participant or info.key.participant
        return self._person(participant) if participant else chat


def _bare(address: str) -> str:
    """Without a device part."""
    user, _, server = address.partition("@")
    return f"{user.partition(':')[0].partition('.')[0]}@{server}"


def _newest_first(info: Any) -> int:
    return -int(info.messageTimestamp)
