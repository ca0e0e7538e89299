"""What failed before and is due again; in a strict endpoint also what waits behind it."""

import asyncio
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from messaging.webhooks.models import Delivery
from messaging.webhooks.sinks import Answer

from .outcome import Attempt
from .store import rows_due, rows_hasten, rows_waiting
from .work import Work

if TYPE_CHECKING:
    from .lane import Lane

AT_ONCE = 50
GONE_FROM_LOG = "The event is no longer kept (EVENTS_KEEP_DAYS)."


class Retries:
    """`look` says that rows may be due."""

    def __init__(self, lane: "Lane") -> None:
        self._lane = lane
        self._due = asyncio.Event()
        self._busy: set[uuid.UUID] = set()

    def look(self) -> None:
        self._due.set()

    async def hasten(self) -> None:
        """After an outage: nothing waits for the rest of its pause."""
        await self._lane.recorder.flush()
        await self._lane.database.durably(rows_hasten, self._lane.course.endpoint_id)
        self.look()

    async def run(self) -> None:
        self._due.set()  # what was due before this lane began
        while True:
            await self._due.wait()
            self._due.clear()
            if len(self._busy) < AT_ONCE:
                await self._start()

    async def _start(self) -> None:
        lane, most = self._lane, AT_ONCE
        moment = timezone.now()
        if lane.circuit.is_open:  # one to probe with, whether it is due or not: it waits for its turn
            most, moment = 1, moment + timedelta(days=365)
            await lane.recorder.flush()
        # Those under way are due in the database as well, hence more of them.
        rows = await lane.database.durably(rows_due, lane.course.endpoint_id, moment, most + len(self._busy))
        fresh = [(row, event) for row, event in rows if row.pk not in self._busy]
        for row, event in fresh[: max(0, most - len(self._busy))]:
            self._busy.add(row.pk)
            lane.spawn(self._again(row, event))

    async def _again(self, row: Delivery, event: dict[str, Any] | None) -> None:
        try:
            settled = await self._deliver(row, event)
            await self._lane.recorder.flush()
            if settled and self._lane.course.strict:
                await self.go_on(row.order_key)
        finally:
            self._busy.discard(row.pk)
            self._due.set()

    async def go_on(self, key: str) -> None:
        """Deliver what waits in a chat whose head is settled, until one fails."""
        lane = self._lane
        while True:
            await lane.recorder.flush()
            rows = await lane.database.durably(rows_waiting, lane.course.endpoint_id, key, AT_ONCE)
            if not rows:
                return
            for row, event in rows:
                if not await self._deliver(row, event):
                    return

    async def _deliver(self, row: Delivery, event: dict[str, Any] | None) -> bool:
        work = Work(event=event or {}, id=row.pk, key=row.order_key, row=row)
        if event is None:
            return self._lane.drop(work, Attempt(timezone.now(), 0, Answer(ok=False, error=GONE_FROM_LOG, gone=True)))
        return await self._lane.deliver(work)
