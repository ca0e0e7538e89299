"""The last messages that a phone wrote or received: to show, to send again, to recognise, to hand to a new device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sessions_app.sandbox.phones.blobs import Blobs, pack, unpack
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID

CAPACITY = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One message; `category` is "peer" for those between the devices of one account."""

    n: int
    id: str
    chat: str
    sender: str
    timestamp: int
    push_name: str
    category: str
    message: bytes

    def parsed(self) -> Any:
        """The waE2E.Message."""
        return e2e.Message.FromString(self.message)


class MessageLog:
    """A ring of entries; each is a blob of its own, so that a message costs one small write."""

    __slots__ = ("_blobs", "_by_id", "_next")

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        entries = sorted((Entry(*unpack(blob)) for _, blob in blobs.scan("log/")), key=lambda entry: entry.n)
        self._by_id = {(entry.sender, entry.id): entry for entry in entries}
        self._next = entries[-1].n + 1 if entries else 1

    def add(
        self,
        *,
        id: str,
        chat: JID,
        sender: JID,
        timestamp: int,
        message: bytes,
        push_name: str = "",
        category: str = "",
    ) -> Entry:
        """Remember a message under the next number."""
        entry = Entry(self._next, id, str(chat), str(sender), timestamp, push_name, category, message)
        self._next += 1
        slot = f"log/{entry.n % CAPACITY}"
        if (replaced := self._blobs.get(slot)) is not None:
            self._forget(Entry(*unpack(replaced)))
        self._by_id[entry.sender, entry.id] = entry
        self._blobs.put(slot, pack(tuple(getattr(entry, name) for name in Entry.__slots__)))
        return entry

    def _forget(self, old: Entry) -> None:
        """Unless the same id has been used again since."""
        if self._by_id.get((old.sender, old.id)) == old:
            del self._by_id[old.sender, old.id]

    def find(self, sender: JID, message_id: str) -> Entry | None:
        """A message by its sender (a device) and id."""
        return self._by_id.get((str(sender), message_id))

    def by_id(self, message_id: str) -> Entry | None:
        """A message by its id, whoever wrote it."""
        return next((entry for (_, known), entry in self._by_id.items() if known == message_id), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._by_id.values(), key=lambda entry: entry.n))
