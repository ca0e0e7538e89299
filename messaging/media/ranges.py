"""The part of a file that a request asks for (RFC 9110, 14: Range, If-Range)."""

import re
from dataclasses import dataclass

ONE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Unsatisfiable(Exception):
    """The range lies beyond the end (HTTP 416)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` up to and without `end`."""

    first: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.first


def wanted(header: str, size: int) -> Part | None:
    """The one range that the header asks for. None, which is all: no header, several ranges, or nonsense."""
    match = ONE.fullmatch(header.strip())
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if int(last) == 0:
            raise Unsatisfiable
        return Part(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return Part(int(first), min(int(last) + 1, size) if last else size)
