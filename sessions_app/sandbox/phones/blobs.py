"""A phone's memory: small blobs by key, of which a server saves those that have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgpack


class Blobs:
    """Everything that a phone must not forget. Values are bytes, so saving one needs no further work."""

    __slots__ = ("_changed", "_values")

    def __init__(self, stored: Mapping[str, bytes] | None = None) -> None:
        self._values = dict(stored or {})
        self._changed: set[str] = set()

    def get(self, key: str) -> bytes | None:
        return self._values.get(key)

    def put(self, key: str, value: bytes) -> None:
        self._values[key] = value
        self._changed.add(key)

    def delete(self, key: str) -> None:
        if self._values.pop(key, None) is not None:
            self._changed.add(key)

    def scan(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """All pairs whose key starts with `prefix`, which is cut off."""
        for key, value in list(self._values.items()):
            if key.startswith(prefix):
                yield key[len(prefix) :], value

    def drain(self) -> dict[str, bytes | None]:
        """What has changed since the last call; None where a key is gone."""
        changed, self._changed = self._changed, set()
        return {key: self._values.get(key) for key in changed}


def pack(value: Any) -> bytes:
    """Plain data to a blob."""
    return bytes(msgpack.packb(value))


def unpack(blob: bytes) -> Any:
    """The plain data of a blob."""
    return msgpack.unpackb(blob, strict_map_key=False)
