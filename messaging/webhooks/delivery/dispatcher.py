"""All lanes of one process: takes endpoints, runs their lanes, gives them back."""

import asyncio
import logging
import os
import socket
import time
import uuid
from dataclasses import dataclass

from django.utils import timezone

from messaging.webhooks.models import Endpoint
from messaging.webhooks.sinks import BadTarget, sink_open
from sessions_app.worker.durable import describe
from whatsapp_api.core.clock import steady
from whatsapp_api.core.crypto import SealBroken
from whatsapp_api.core.errors import DATABASE_FAULTS
from whatsapp_api.core.master_key import MasterKeyError

from .database import Database
from .ending import ended
from .lane import Lane
from .leases import (
    LEASE_SECONDS,
    MARGIN_SECONDS,
    RENEW_SECONDS,
    Held,
    lease_release,
    leases_renew,
    leases_tend,
    worker_join,
    worker_leave,
)
from .store import LeaseLost
from .target import course_read

logger = logging.getLogger(__name__)

TEND_SECONDS = 1.0
STOP_SECONDS = 4.0
LANE_SECONDS = 10.0
"""More than a lane takes for its orderly end."""

AFTER_FAULT_SECONDS = 5.0


@dataclass(slots=True)
class Running:
    """A lane's task; `lane` is set once its endpoint has been read."""

    version: int
    task: "asyncio.Task[None]"
    lane: Lane | None = None


class Dispatcher:
    """Runs in an event loop of its own until `stop` is set."""

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{self.id.hex[:8]}"[-120:]
        self._database = Database()
        self._running: dict[uuid.UUID, Running] = {}
        self._not_before: dict[uuid.UUID, float] = {}  # endpoints whose lane broke
        self._good_until = 0.0
        self._renewing: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Whatever it waits for, the database included, `stop` ends it."""
        working = asyncio.create_task(self._work())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended([working, stopping])
            await asyncio.gather(*(self._stop(endpoint_id) for endpoint_id in list(self._running)))
            await ended([self._renewing] if self._renewing else [])
            await self._leave()
        if not working.cancelled():
            working.result()  # only a defect ends the work

    async def _work(self) -> None:
        await self._database.durably(worker_join, self.id, self.owner)
        self._good_until = steady() + LEASE_SECONDS - MARGIN_SECONDS
        self._renewing = asyncio.create_task(self._renew())
        while True:
            await self._tend()
            await asyncio.sleep(TEND_SECONDS)

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._database(worker_leave, self.id, self.owner)
        except (TimeoutError, *DATABASE_FAULTS) as error:
            logger.warning("Leases run out by themselves: %s", describe(error))
        self._database.close()

    async def _renew(self) -> None:
        while True:
            began = steady()
            try:
                await self._database(leases_renew, self.id, self.owner)
                self._good_until = began + LEASE_SECONDS - MARGIN_SECONDS
            except DATABASE_FAULTS as error:
                logger.warning("Leases of endpoints cannot be renewed: %s", describe(error))
            await asyncio.sleep(RENEW_SECONDS)

    async def _tend(self) -> None:
        try:
            held = await self._database(leases_tend, self.owner)
        except DATABASE_FAULTS as error:
            logger.warning("Endpoints cannot be read: %s", describe(error))
            return
        for endpoint_id, running in list(self._running.items()):
            if running.task.done() or held.versions.get(endpoint_id) != running.version:
                await self._stop(endpoint_id)
        for endpoint_id, version in held.versions.items():
            if endpoint_id not in self._running and time.monotonic() > self._not_before.get(endpoint_id, 0.0):
                self._start(endpoint_id, version)
        self._hand_out(held)
        if held.too_many and self._running:
            await self._give_back(next(reversed(self._running)))

    def _hand_out(self, held: Held) -> None:
        for endpoint_id in held.due:
            if lane := self._lane(endpoint_id):
                lane.retries.look()
        for replay_id, endpoint_id in held.replays.items():
            if lane := self._lane(endpoint_id):
                lane.replay(replay_id)

    def _lane(self, endpoint_id: uuid.UUID) -> Lane | None:
        running = self._running.get(endpoint_id)
        return running.lane if running and not running.task.done() else None

    def _start(self, endpoint_id: uuid.UUID, version: int) -> None:
        task = asyncio.create_task(self._lane_run(endpoint_id), name=f"lane-{endpoint_id}")
        self._running[endpoint_id] = Running(version, task)

    async def _lane_run(self, endpoint_id: uuid.UUID) -> None:
        try:
            course = await self._database.durably(course_read, endpoint_id, timezone.now())
            sink = sink_open(course.target)
            lane = Lane(course, sink, owner=self.owner, database=self._database, may_go_on=lambda: self._good_until)
            self._running[endpoint_id].lane = lane
            await lane.run()
        except LeaseLost:
            logger.info("Webhook %s is delivered elsewhere now, or was changed", endpoint_id)
        except (BadTarget, SealBroken, MasterKeyError) as error:
            await self._explain(endpoint_id, str(error))
        except Endpoint.DoesNotExist:
            pass
        except Exception as error:  # noqa: BLE001 - one lane's defect is not the others'
            logger.error("The lane of webhook %s broke: %s", endpoint_id, describe(error))
            self._not_before[endpoint_id] = time.monotonic() + AFTER_FAULT_SECONDS

    async def _explain(self, endpoint_id: uuid.UUID, sentence: str) -> None:
        """It cannot run as it is set; said where people look."""
        self._not_before[endpoint_id] = time.monotonic() + 6 * AFTER_FAULT_SECONDS
        rows = Endpoint.objects.filter(pk=endpoint_id, owner=self.owner)
        await self._database.durably(lambda: rows.update(last_error=sentence[:300]))

    async def _give_back(self, endpoint_id: uuid.UUID) -> None:
        await self._stop(endpoint_id)
        await self._database.durably(lease_release, endpoint_id, self.owner)

    async def _stop(self, endpoint_id: uuid.UUID) -> None:
        await ended([self._running[endpoint_id].task], again=LANE_SECONDS)
        self._running.pop(endpoint_id, None)
