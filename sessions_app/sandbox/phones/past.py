"""A made-up past: chats that a phone has had before it came into this sandbox, for its history sync."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sessions_app.sandbox.protos import history

HistorySync = history.HistorySync
CHATS_AT_ONCE = 25
MESSAGES_AT_ONCE = 2_000
NUMBER = 990_000_000_000  # a country code that there is not
LID = 880_000_000_000_000
EVERY = 600  # seconds between two messages of a chat


@dataclass(frozen=True, slots=True)
class Past:
    """`chats` people, each with `messages` messages, one every ten minutes, the last one just now.

    Every second message is the account's own. Chats are numbered from 0; every tenth is archived.
    """

    chats: int
    messages: int

    def syncs(self, now: int) -> Iterator[Any]:
        """HistorySync blobs, each small enough for a stanza; the newest chats come first."""
        step = max(1, min(CHATS_AT_ONCE, MESSAGES_AT_ONCE // max(1, self.messages)))
        for order, first in enumerate(range(0, self.chats, step), start=2):
            last = min(first + step, self.chats)
            sync = HistorySync(syncType=HistorySync.RECENT, chunkOrder=order, progress=100 * last // self.chats)
            for number in range(first, last):
                self._add(sync, number, now)
            yield sync

    def _add(self, sync: Any, number: int, now: int) -> None:
        jid, lid = f"{NUMBER + number}@s.whatsapp.net", f"{LID + number}@lid"
        conversation = sync.conversations.add(ID=lid, pnJID=jid, lidJID=lid, displayName=f"Past {number}")
        conversation.conversationTimestamp = conversation.lastMsgTimestamp = now
        conversation.unreadCount, conversation.archived = number % 3, number % 10 == 9
        sync.phoneNumberToLidMappings.add(pnJID=jid, lidJID=lid)
        for age in range(self.messages):
            index = self.messages - 1 - age
            info = conversation.messages.add(msgOrderID=index).message
            info.key.remoteJID, info.key.ID, info.key.fromMe = lid, f"PAST{number:06}{index:06}", index % 2 == 1
            info.messageTimestamp = now - age * EVERY
            info.message.conversation = f"Past message {index} of chat {number}"
            if not info.key.fromMe:
                info.pushName = f"Past {number}"
