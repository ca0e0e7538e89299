"""Events that WhatsApp delivers only once, on disk until the platform has stored them.

One append-only file a session. A record is written inside the engine's callback, before it returns,
and survives the death of the process (not of the machine: nothing is fsynced, because the directory
is usually tmpfs). The file is cut when everything in it is acknowledged.

    record = sequence number (8) | length (4) | crc32 of number and payload (4) | payload (msgpack)

A record without payload is a mark: it carries the last number over a cut, so that numbers only grow.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from .base import EngineEvent
from .codec import decode_event, encode_event
from .store import StoreLock
from .wire import pack, unpack

HEAD = struct.Struct(">QII")
NAME = "spool"
COMPACT_AT = 4 * 1024 * 1024
PREFIX = 4  # `pack` puts the frame's length first; the head says it already


class Spool:
    """The spool of one running session. Only the process that holds the store's lock may open it."""

    def __init__(self, store: str | Path) -> None:
        self._path = Path(store) / NAME
        self._lock = threading.Lock()
        self._pending: dict[int, bytes] = {}
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._last = 0
        self._size = 0
        for seq, payload, end in _records(self._path.read_bytes()):
            self._last, self._size = max(self._last, seq), end
            if payload:
                self._pending[seq] = payload
        os.ftruncate(self._fd, self._size)  # the torn tail of a process that was killed while it wrote

    def append(self, event: EngineEvent) -> int:
        """Write one event and return its number."""
        payload = pack(encode_event(event))[PREFIX:]
        with self._lock:
            seq = self._last + 1
            self._write(_record(seq, payload), self._size)
            self._last = seq
            self._pending[seq] = payload
            return seq

    def ack(self, seq: int) -> None:
        """The platform has stored event `seq`; unknown and repeated numbers do no harm."""
        with self._lock:
            if self._pending.pop(seq, None) is None or self._fd < 0:
                return
            if not self._pending or (self._size > COMPACT_AT and self._mostly_acknowledged()):
                self._rewrite()

    def pending(self) -> list[tuple[int, EngineEvent]]:
        """What nobody acknowledged yet, in order."""
        with self._lock:
            return [(seq, decode_event(unpack(payload))) for seq, payload in sorted(self._pending.items())]

    @property
    def depth(self) -> int:
        """How many events wait for an acknowledgement."""
        return len(self._pending)

    def close(self) -> None:
        """Close the file; what is pending stays in it for the next owner."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    @staticmethod
    def leftovers(store: str | Path) -> list[tuple[int, EngineEvent]]:
        """What a dead host left behind; EngineError while a host lives on that store.

        Store these, then call `clear`. Some may have been stored before: deduplicate as for live events.
        """
        path = Path(store) / NAME
        if not path.exists():
            return []
        with StoreLock(store):
            return [(seq, decode_event(unpack(payload))) for seq, payload, _ in _records(path.read_bytes()) if payload]

    @staticmethod
    def clear(store: str | Path) -> None:
        """Forget the leftovers, but not how far the numbers went."""
        if not (Path(store) / NAME).exists():
            return
        with StoreLock(store):
            spool = Spool(store)
            for seq in list(spool._pending):
                spool.ack(seq)
            spool.close()

    def _mostly_acknowledged(self) -> bool:
        return sum(map(len, self._pending.values())) * 4 < self._size

    def _rewrite(self) -> None:
        # The mark is written over the head of the old file before the cut. A process killed in between
        # leaves a mark and a tail that fails its checksum: nothing lost, nothing repeated.
        if not self._pending:
            self._size = 0
            self._write(_record(self._last, b""), 0)
            os.ftruncate(self._fd, self._size)
            return
        fresh = self._path.with_suffix(".new")
        old, self._fd = self._fd, os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._size = 0
        records = [_record(seq, payload) for seq, payload in sorted(self._pending.items())]
        self._write(b"".join([*records, _record(self._last, b"")]), 0)
        fresh.replace(self._path)
        os.close(old)

    def _write(self, data: bytes, offset: int) -> None:
        if os.pwrite(self._fd, data, offset) != len(data):
            raise OSError(f"short write to {self._path}")
        self._size = offset + len(data)


def _record(seq: int, payload: bytes) -> bytes:
    return HEAD.pack(seq, len(payload), _checksum(seq, payload)) + payload


def _checksum(seq: int, payload: bytes) -> int:
    return zlib.crc32(payload, seq & 0xFFFFFFFF)


def _records(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    offset = 0
    while offset + HEAD.size <= len(data):
        seq, size, checksum = HEAD.unpack_from(data, offset)
        start = offset + HEAD.size
        payload = data[start : start + size]
        if len(payload) < size or _checksum(seq, payload) != checksum:
            return
        offset = start + size
        yield seq, payload, offset
