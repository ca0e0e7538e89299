"""Stanzas on their way to one device, kept until it has acknowledged them."""

from __future__ import annotations

from collections.abc import Iterator

from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.node import Node, decode, encode

KEPT = frozenset({"message", "receipt", "notification", "call"})
"""Classes of stanzas that a device acknowledges; anything else is only for those who are there."""


class Mailbox:
    """First in, first out. A stanza is delivered again after a reconnect when its acknowledgement is missing."""

    def __init__(self, storage: Storage, scope: str) -> None:
        self._storage, self._scope = storage, scope
        self._kept: dict[str, Node] = {}
        self._keys: dict[tuple[str, str], list[str]] = {}
        self._next = 0
        for key, blob in storage.scan(scope):
            self._index(key, decode(blob))
            self._next = int(key) + 1

    def _index(self, key: str, node: Node) -> None:
        self._kept[key] = node
        self._keys.setdefault((node.tag, node.text("id")), []).append(key)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Node]:
        return iter(list(self._kept.values()))

    def add(self, node: Node) -> bool:
        """Keep a stanza; False when its class is not kept."""
        if node.tag not in KEPT:
            return False
        key = f"{self._next:012d}"
        self._next += 1
        self._index(key, node)
        self._storage.put(self._scope, key, encode(node))
        return True

    def acknowledge(self, kind: str, stanza_id: str) -> None:
        """The device has taken the oldest stanza of that class and id."""
        keys = self._keys.get((kind, stanza_id))
        if keys:
            self._forget(keys.pop(0))
            if not keys:
                del self._keys[kind, stanza_id]

    def pop_all(self) -> list[Node]:
        """Take everything out."""
        nodes = list(self._kept.values())
        for key in list(self._kept):
            self._forget(key)
        self._keys.clear()
        return nodes

    def _forget(self, key: str) -> None:
        del self._kept[key]
        self._storage.put(self._scope, key, None)

    def counts(self) -> dict[str, int]:
        """How many stanzas of each class wait."""
        totals = dict.fromkeys(sorted(KEPT), 0)
        for node in self._kept.values():
            totals[node.tag] += 1
        return totals
