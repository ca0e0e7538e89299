"""The order of one endpoint's deliveries, when the log and a replay come with the same event."""

import asyncio
import uuid
from typing import Any

import pytest

from messaging.webhooks.delivery.pace import Pace
from messaging.webhooks.delivery.work import Work


@pytest.mark.parametrize("again", ["meanwhile", "later"])
def test_an_event_that_comes_again_does_not_take_the_place_of_its_own_row(again: str) -> None:
    """As one that waits behind itself it would never leave."""
    known, parked, told = uuid.uuid4(), [], []

    def work(number: int, pk: uuid.UUID) -> Work:
        def done(delivered: bool) -> None:
            told.append((number, delivered))

        return Work(event={"number": number}, id=pk, key="chat", done=done)

    async def fails(first: Work) -> bool:
        if again == "meanwhile":
            assert pace.put(work(1, known)) is None
        pace.block(first)
        return False

    def park(later: Work) -> None:
        parked.append(later.event["number"])
        pace.block(later)

    async def live() -> None:
        run: Any = pace.put(work(0, known))
        await run
        if again == "later":
            assert pace.put(work(1, known)) is None
        assert pace.put(work(2, uuid.uuid4())) is None

    pace = Pace(strict=True, deliver=fails, park=park)
    asyncio.run(live())
    assert (parked, told) == ([2], [(1, False)])
    assert len(pace.pending["chat"]) == 2
