"""An encrypted stream of any length: what cannot be read to its end was cut or changed, and says so.

    line     JSON: {"format": "wa-backup-1", "key": data key sealed under the master key, "name": what it holds}
    records  4 bytes big endian: length, the highest bit set on the last one; AES-256-GCM ciphertext and tag

The nonce is the record's number, the name and the last-record mark are authenticated: records cannot be swapped,
dropped, or moved to another file.
"""

import json
import os
import struct
from types import TracebackType
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from whatsapp_api.core.crypto import seal, unseal

FORMAT = "wa-backup-1"
RECORD = 1 << 20
LAST = 1 << 31
HEADER_LIMIT = 4096


class Damaged(Exception):
    """Not one of ours, cut, or changed."""


class Writer:
    """Encrypts what is written into `target`; complete only after `close`."""

    def __init__(self, target: IO[bytes], name: str) -> None:
        secret = os.urandom(32)
        header = {"format": FORMAT, "key": seal(secret, context=_context(name)).strip(), "name": name}
        self._cipher, self._target, self._name = AESGCM(secret), target, name
        self._buffer, self._count = bytearray(), 0
        target.write(json.dumps(header).encode() + b"\n")

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) > RECORD:  # never empty before the end: the last record is the one that is marked
            self._put(bytes(self._buffer[:RECORD]), last=False)
            del self._buffer[:RECORD]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self._buffer), last=True)
        self._buffer.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:  # else it stays without its end, and cannot pass for whole
            self.close()

    def _put(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._count), plain, _bound(self._name, last))
        self._target.write(struct.pack(">I", len(sealed) | (LAST if last else 0)) + sealed)
        self._count += 1


class Reader:
    """The plain bytes of a container; raises `Damaged`, or `MasterKeyUnknown` when its key is not configured."""

    def __init__(self, source: IO[bytes], name: str) -> None:
        try:
            header = json.loads(source.readline(HEADER_LIMIT))
            fits = header["format"] == FORMAT and header["name"] == name
            key = str(header["key"])
        except (ValueError, KeyError, TypeError):
            fits, key = False, ""
        if not fits:
            raise Damaged(f"{name} is not a part of a backup, or of another.")
        self._cipher = AESGCM(unseal(key, context=_context(name)))
        self._source, self._name = source, name
        self._buffer, self._count, self._ended = bytearray(), 0, False

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._buffer) < size):
            self._buffer += self._take()
        size = len(self._buffer) if size < 0 else size
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _take(self) -> bytes:
        head = self._source.read(4)
        if len(head) < 4:
            raise Damaged(f"{self._name} ends too early.")
        (length,) = struct.unpack(">I", head)
        last = bool(length & LAST)
        length &= ~LAST
        if length > RECORD + 16:
            raise Damaged(f"{self._name} is damaged.")
        try:
            plain = self._cipher.decrypt(_nonce(self._count), self._source.read(length), _bound(self._name, last))
        except (InvalidTag, ValueError):
            raise Damaged(f"{self._name} is damaged.") from None
        self._count, self._ended = self._count + 1, last
        return plain


def _nonce(count: int) -> bytes:
    return count.to_bytes(12, "big")


def _bound(name: str, last: bool) -> bytes:
    return f"{name}|{int(last)}".encode()


def _context(name: str) -> str:
    return f"backup {name}"
