"""A delivery loop ends when it is told to, whatever it waits for."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import OperationalError

from messaging.webhooks.delivery import dispatcher
from messaging.webhooks.delivery.dispatcher import Dispatcher
from messaging.webhooks.delivery.ending import ended


async def _stop_after(seconds: float, dispatching: Dispatcher) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(dispatching.run(stop))
    await asyncio.sleep(seconds)
    stop.set()
    async with asyncio.timeout(60):  # far more than it takes, far less than what it waits for
        await running


def test_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("away")

    for name in ("worker_join", "worker_leave", "leases_tend"):
        monkeypatch.setattr(dispatcher, name, away)
    asyncio.run(_stop_after(0.3, Dispatcher()))


def test_while_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(dispatcher, "STOP_SECONDS", 0.2)
    monkeypatch.setattr(dispatcher, "worker_join", lambda *_: over.wait(200))
    monkeypatch.setattr(dispatcher, "worker_leave", lambda *_: over.wait(200))
    try:
        asyncio.run(_stop_after(0.1, Dispatcher()))
    finally:
        over.set()


def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed: list[int] = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed.append(1)
                if len(swallowed) == 3:
                    raise

    async def main() -> None:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await ended([task], again=0.01)
        assert task.cancelled()

    asyncio.run(main())
    assert len(swallowed) == 3
