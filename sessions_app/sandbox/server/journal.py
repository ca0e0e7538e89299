"""A log with increasing numbers that readers can wait on."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.server.storage import Storage

KEEP = 5000


@dataclass(slots=True)
class Entry:
    """One line: its number, and a mapping that JSON and msgpack can carry."""

    n: int
    data: dict[str, Any]


@dataclass(slots=True, eq=False)
class Journal:
    """Keeps the newest entries; `n` starts at 1 and never repeats."""

    storage: Storage
    scope: str
    entries: deque[Entry] = field(default_factory=deque)
    last: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def load(self) -> Journal:
        """Read what was stored."""
        for key, blob in self.storage.scan(self.scope):
            self.last = int(key)
            self.entries.append(Entry(self.last, msgpack.unpackb(blob)))
        return self

    def add(self, data: dict[str, Any]) -> Entry:
        """Append an entry and wake the readers."""
        self.last += 1
        entry = Entry(self.last, data)
        self.entries.append(entry)
        self.storage.put(self.scope, f"{entry.n:012d}", msgpack.packb(data))
        if len(self.entries) > KEEP:
            self.storage.put(self.scope, f"{self.entries.popleft().n:012d}", None)
        self._changed.set()
        self._changed = asyncio.Event()
        return entry

    def after(self, n: int, match: Callable[[Entry], bool]) -> list[Entry]:
        """Matching entries above a number."""
        newer = itertools.takewhile(lambda entry: entry.n > n, reversed(self.entries))
        return [entry for entry in newer if match(entry)][::-1]

    async def wait(self, n: int, match: Callable[[Entry], bool], seconds: float) -> list[Entry]:
        """Like after(), but waits for the first one if there is none yet."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not (found := self.after(n, match)):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return found
