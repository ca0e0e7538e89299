"""LTHash: a sum over a set, to which members can be added and from which they can be taken in any order
(Bellare and Micciancio's AdHash over 64 numbers of 16 bits, as WhatsApp uses it for app state)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from sessions_app.sandbox.crypto.kdf import hkdf

SIZE = 128
EMPTY = bytes(SIZE)
_INFO = b"WhatsApp Patch Integrity"
_NUMBERS = struct.Struct("<64H")


def update(value: bytes, *, add: Iterable[bytes] = (), remove: Iterable[bytes] = ()) -> bytes:
    """The hash with some members added and some removed."""
    numbers = list(_NUMBERS.unpack(value))
    for member in add:
        numbers = [(a + b) & 0xFFFF for a, b in zip(numbers, _expand(member), strict=True)]
    for member in remove:
        numbers = [(a - b) & 0xFFFF for a, b in zip(numbers, _expand(member), strict=True)]
    return _NUMBERS.pack(*numbers)


def _expand(member: bytes) -> tuple[int, ...]:
    return _NUMBERS.unpack(hkdf(member, SIZE, info=_INFO))
