"""The events of one client in order, none missing and none twice: live ones as they come, the rest from the log.

A live push is only ever a hint that may be lost or overtaken. Numbers of a workspace have no gaps, so a gap in what
arrives live, or a counter ahead of the last event sent, says exactly what to read from the log.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from channels.db import database_sync_to_async

from .models import Event
from .publish import envelope
from .selectors import events_between
from .subscriptions import Wanted

INBOX_LIMIT = 1000
PAGE = 200

# Their own threads: the default would queue all clients behind one.
read_between: Callable[..., Awaitable[list[Event]]] = database_sync_to_async(events_between, thread_sensitive=False)


class Stream:
    """What one client of some workspaces gets to hear."""

    def __init__(self, wanted: Wanted, workspace_ids: Iterable[uuid.UUID]) -> None:
        self.wanted = wanted
        self.positions: dict[uuid.UUID, int] = {}
        self._heads = dict.fromkeys(workspace_ids, 0)
        self._inbox: deque[dict[str, Any]] = deque()
        self._wake = asyncio.Event()

    def begin(self, positions: dict[uuid.UUID, int]) -> None:
        """`positions`: the last number that the client has, by workspace."""
        self.positions = dict(positions)
        self._wake.set()

    def hear(self, live: dict[str, Any]) -> None:
        """A live push. When the client is slow, logged events wait in the log instead of here."""
        workspace_id = uuid.UUID(live["workspace"])
        if workspace_id not in self._heads:
            return
        if len(self._inbox) < INBOX_LIMIT:
            self._inbox.append(live)
        self.look(workspace_id, live["sequence"] or 0)
        self._wake.set()

    def look(self, workspace_id: uuid.UUID, last: int) -> None:
        """The log of a workspace has come to `last`."""
        if last > self._heads.get(workspace_id, last):
            self._heads[workspace_id] = last
            self._wake.set()

    def retry(self) -> None:
        """Go on after a fault of the database."""
        self._wake.set()

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Envelopes, endlessly. After an exception call it again: it goes on where it was."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._inbox:
                async for event in self._take(self._inbox.popleft()):
                    yield event
            for workspace_id, head in list(self._heads.items()):
                async for event in self._read(workspace_id, head):
                    yield event

    async def _take(self, live: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        workspace_id, sequence = uuid.UUID(live["workspace"]), live["sequence"]
        if sequence is not None:
            async for missing in self._read(workspace_id, sequence - 1):
                yield missing
            if sequence <= self.positions[workspace_id]:
                return
            self.positions[workspace_id] = sequence
        if self.wanted.matches(live):
            yield live

    async def _read(self, workspace_id: uuid.UUID, upto: int) -> AsyncIterator[dict[str, Any]]:
        while (after := self.positions[workspace_id]) < upto:
            rows = await read_between(workspace_id, after, upto, self.wanted, PAGE)
            for row in rows:
                self.positions[workspace_id] = row.sequence
                yield envelope(row)
            if len(rows) < PAGE:
                self.positions[workspace_id] = upto
