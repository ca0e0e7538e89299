"""Keeps what belongs together in order: one event of a chat at a time, the later ones behind it."""

import uuid
from collections import deque
from collections.abc import Awaitable, Callable

from .work import Work

Deliver = Callable[[Work], Awaitable[bool]]


class Pace:
    """`pending`: unsettled rows by chat. In a strict endpoint later events have to be parked as rows behind them."""

    def __init__(self, *, strict: bool, deliver: Deliver, park: Callable[[Work], None]) -> None:
        self.pending: dict[str, set[uuid.UUID]] = {}
        self._strict = strict
        self._deliver = deliver
        self._park = park
        self._queues: dict[str, deque[Work]] = {}

    def put(self, work: Work) -> Awaitable[object] | None:
        """Something to run, or None when another run takes care of it."""
        if self._is_known(work):
            work.done(False)
            return None
        if not self._strict:
            return self._deliver(work)
        if work.key in self.pending:
            self._park(work)
            return None
        if work.key in self._queues:
            self._queues[work.key].append(work)
            return None
        self._queues[work.key] = deque([work])
        return self._run(work.key)

    def block(self, work: Work) -> None:
        """The row of `work` is not settled: in a strict endpoint those behind it wait."""
        self.pending.setdefault(work.key, set()).add(work.id)

    def settle(self, work: Work) -> None:
        rows = self.pending.get(work.key)
        if rows is not None:
            rows.discard(work.id)
            if not rows:
                del self.pending[work.key]

    async def _run(self, key: str) -> None:
        queue = self._queues[key]
        try:
            while queue and key not in self.pending:
                await self._deliver(queue.popleft())
        finally:
            del self._queues[key]
        for work in queue:  # one is pending now, so none of them runs
            self.put(work)

    def _is_known(self, work: Work) -> bool:
        """Has its event come again, while its row already waits for the next attempt or behind another?

        After a crash the log is read from an earlier place than some rows; a replay may have been before the cursor.
        """
        return work.row is None and work.id in self.pending.get(work.key, ())
