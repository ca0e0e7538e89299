"""Rows of outcomes and the cursor that has passed them are stored together, whoever is cancelled meanwhile."""

import asyncio
import uuid
from typing import Any

import pytest

from messaging.webhooks.delivery.recorder import Recorder
from messaging.webhooks.delivery.store import Batch, LeaseLost
from messaging.webhooks.delivery.track import Track
from messaging.webhooks.models import Delivery


class SlowDatabase:
    """Keeps batches once `open` is set, after `error` if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked, self.open = asyncio.Event(), asyncio.Event()
        self.stored: list[Batch] = []
        self._error = error

    async def durably(self, work: Any, batch: Batch) -> None:
        self.asked.set()
        await self.open.wait()
        if self._error:
            error, self._error = self._error, None
            raise error
        self.stored.append(batch)


def recorder_with_a_row(database: SlowDatabase) -> tuple[Recorder, Delivery]:
    recorder = Recorder(uuid.uuid4(), uuid.uuid4(), "me", 1, database)  # type: ignore[arg-type]
    track, row = Track(lambda: 1), Delivery()
    recorder.tracks.append(track)
    done = track.begin(1)
    recorder.add(row, is_new=True)
    done(False)
    return recorder, row


def test_a_row_is_stored_also_when_whoever_stores_it_is_cancelled() -> None:
    async def scenario() -> None:
        database = SlowDatabase()
        recorder, row = recorder_with_a_row(database)
        flushing = asyncio.create_task(recorder.flush())
        await database.asked.wait()
        flushing.cancel()
        await asyncio.wait([flushing])
        database.open.set()
        await recorder.end(60)
        assert [(batch.new, batch.endpoint["cursor"]) for batch in database.stored] == [([row], 1)]

    asyncio.run(scenario())


def test_no_cursor_is_stored_after_rows_that_could_not_be() -> None:
    async def scenario() -> None:
        database = SlowDatabase(ValueError("a defect"))
        database.open.set()
        recorder, _ = recorder_with_a_row(database)
        with pytest.raises(ValueError, match="a defect"):
            await recorder.flush()
        with pytest.raises(LeaseLost):
            await recorder.end(60)
        assert database.stored == []

    asyncio.run(scenario())


def test_an_end_does_not_wait_for_a_database_that_is_away() -> None:
    async def scenario() -> None:
        database = SlowDatabase()
        recorder, _ = recorder_with_a_row(database)
        with pytest.raises(TimeoutError):
            await recorder.end(0.01)
        assert len(asyncio.all_tasks()) == 1, "nothing is left that would store it later"

    asyncio.run(scenario())
