"""Collects outcomes of one endpoint and stores them together: a commit for many, in the order in which they came."""

import asyncio
import uuid
from typing import Any

from messaging.webhooks.models import Delivery

from .database import Database
from .ending import ended
from .outcome import Attempt
from .store import Batch, LeaseLost, Step, batch_store
from .track import Track

GATHER_SECONDS = 0.02
IDLE_SECONDS = 15.0


class Recorder:
    """What is added here counts once `flush` has returned."""

    def __init__(
        self, endpoint_id: uuid.UUID, workspace_id: uuid.UUID, owner: str, version: int, database: Database
    ) -> None:
        self.tracks: list[Track] = []
        self.health: dict[str, Any] = {}  # columns of the endpoint that changed
        self._endpoint_id = endpoint_id
        self._workspace_id = workspace_id
        self._owner = owner
        self._version = version
        self._database = database
        self._batch = self._empty()
        self._stored = -1  # the cursor
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._flushes: set[asyncio.Task[None]] = set()
        self._whole = True  # nothing that was taken to be stored got lost
        self.flushed = asyncio.Event()

    def add(self, row: Delivery, *, is_new: bool, attempt: Attempt | None = None) -> None:
        (self._batch.new if is_new else self._batch.changed).append(row)
        if attempt:
            self._count(attempt)
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass  # events that nobody wants move the cursor, too: now and then is enough
            else:
                await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Store what has been added so far. Raises LeaseLost.

        It goes on when whoever waits for it is cancelled: the next one would store a cursor that has passed its rows.
        """
        task = asyncio.create_task(self._flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)
        await asyncio.shield(task)

    async def end(self, seconds: float) -> None:
        """Flush for the last time. What is not stored within `seconds` never is, neither rows nor cursor."""
        try:
            async with asyncio.timeout(seconds):
                await self.flush()
        finally:
            await ended(self._flushes)

    async def _flush(self) -> None:
        async with self._lock:
            if not self._whole:
                raise LeaseLost
            batch = self._take()
            if batch is not None:
                self._whole = False
                await self._database.durably(batch_store, batch)
                self._whole = True
                self._stored = batch.endpoint["cursor"]
            self.flushed.set()
            self.flushed = asyncio.Event()

    def _take(self) -> Batch | None:
        """All at one moment: rows and the cursors that stand for them belong together."""
        log, *replays = self.tracks
        steps = [self._step(track) for track in replays]
        batch, self._batch = self._batch, self._empty()
        health, self.health = self.health, {}
        batch.replays = [step for step in steps if step is not None]
        batch.endpoint = {**health, "cursor": log.position}
        worth = batch.new or batch.changed or batch.replays or health or log.position != self._stored
        return batch if worth else None

    @staticmethod
    def _step(track: Track) -> Step | None:
        assert track.replay_id is not None
        delivered, failed = track.take_counts()
        return Step(replay_id=track.replay_id, position=track.position, delivered=delivered, failed=failed)

    def _count(self, attempt: Attempt) -> None:
        batch = self._batch
        if attempt.answer.ok:
            batch.succeeded += 1
            batch.ms += attempt.ms
            batch.slowest_ms = max(batch.slowest_ms, attempt.ms)
        else:
            batch.failed += 1

    def _empty(self) -> Batch:
        return Batch(
            endpoint_id=self._endpoint_id,
            workspace_id=self._workspace_id,
            owner=self._owner,
            version=self._version,
            endpoint={},
        )
