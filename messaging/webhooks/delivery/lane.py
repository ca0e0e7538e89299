"""One endpoint's deliveries: follows the event log from the endpoint's cursor, and tries again what failed.

An endpoint is one more client of the log, like a WebSocket, but with a durable place in it. Nothing is queued
anywhere but in the log itself and in rows of deliveries that failed: while a receiver is down its circuit is open,
the lane reads no further, and a hundred thousand events more cost nothing.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable

from django.utils import timezone

from messaging.webhooks.models import DeliveryState
from messaging.webhooks.sinks import Answer, Sink, SinkFault
from whatsapp_api.core.clock import steady
from whatsapp_api.core.errors import DATABASE_FAULTS
from whatsapp_api.events.feed import feed
from whatsapp_api.events.stream import Stream

from .circuit import Circuit
from .database import Database
from .ending import ended
from .health import Health
from .outcome import Attempt, apply
from .pace import Pace
from .recorder import Recorder
from .replaying import replay_events
from .retries import Retries
from .store import LeaseLost, pending_keys, waiting_release
from .target import Course
from .track import Track
from .work import Work, row_of, work_of

logger = logging.getLogger(__name__)

WINDOW = 400
"""Events of one endpoint in memory at most, those that wait for others of their chat included."""

GRACE_SECONDS = 2.0


class Lane:
    """`may_go_on`: until when, on the steady clock, the endpoint is surely ours."""

    def __init__(
        self, course: Course, sink: Sink, *, owner: str, database: Database, may_go_on: Callable[[], float]
    ) -> None:
        self.course = course
        self.recorder = Recorder(course.endpoint_id, course.workspace_id, owner, course.version, database)
        self.pace = Pace(strict=course.strict, deliver=self.deliver, park=self._park)
        self.retries = Retries(self)
        self.database = database
        self._sink = sink
        self._may_go_on = may_go_on
        self.circuit = Circuit(failures=course.failures)
        self._health = Health(course, owner, self.recorder)
        self._slots = asyncio.Semaphore(course.target.concurrency)
        self._window = asyncio.Semaphore(WINDOW)
        self._running: set[asyncio.Task[object]] = set()
        self._replaying: dict[uuid.UUID, asyncio.Task[object]] = {}
        self._stream = Stream(course.wanted, [course.workspace_id])
        self._track = Track(lambda: self._stream.positions.get(course.workspace_id, course.cursor))
        self.recorder.tracks.append(self._track)
        self._broken: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    # ---- life ----
    async def run(self) -> None:
        """Until cancelled; raises LeaseLost, or whatever broke."""
        loops: list[asyncio.Task[object]] = []
        try:
            await self._prepare()
            await feed().join(self._stream, [self.course.workspace_id])
            self._stream.begin({self.course.workspace_id: self.course.cursor})
            self._stream.look(self.course.workspace_id, self.course.head)
            loops = [asyncio.create_task(each) for each in (self._listen(), self.recorder.run(), self.retries.run())]
            ends: list[asyncio.Future[object]] = [*loops, self._broken]
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in done:
                await end
        finally:
            feed().leave(self._stream)
            await self._end(loops)

    def replay(self, replay_id: uuid.UUID) -> None:
        """Run a replay, unless it runs."""
        if replay_id not in self._replaying:
            task = self.spawn(replay_events(self, replay_id))
            self._replaying[replay_id] = task
            task.add_done_callback(lambda _: self._replaying.pop(replay_id, None))

    def spawn(self, work: Awaitable[object]) -> "asyncio.Task[object]":
        """Run beside the loops; if it breaks, the lane does."""
        task: asyncio.Task[object] = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    async def _prepare(self) -> None:
        endpoint_id = self.course.endpoint_id
        if not self.course.strict:
            await self.database.durably(waiting_release, endpoint_id)
        self.pace.pending, headless = await self.database.durably(pending_keys, endpoint_id)
        for key in headless:
            self.spawn(self.retries.go_on(key))

    async def _end(self, loops: "list[asyncio.Task[object]]") -> None:
        """Let what is under way end, within reason, and store it: each saves the receiver a duplicate."""
        listening = [*loops[:1], *loops[2:], *self._replaying.values()]
        await ended(listening)
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        await ended([*self._running, *loops[1:2]])
        with contextlib.suppress(LeaseLost, TimeoutError, *DATABASE_FAULTS):
            await self.recorder.end(GRACE_SECONDS)
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._sink.close()

    def _finished(self, task: "asyncio.Task[object]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) and not self._broken.done():
            self._broken.set_exception(error)

    # ---- the log ----
    async def _listen(self) -> None:
        while True:
            try:
                async for event in self._stream.events():
                    if event["sequence"] is not None:  # pairing secrets are for people who watch
                        await self.take(work_of(self.course.endpoint_id, event), self._track)
            except DATABASE_FAULTS as error:
                logger.warning("The event log cannot be read: %s", type(error).__name__)
                await asyncio.sleep(1)
                self._stream.retry()

    async def take(self, work: Work, track: Track) -> None:
        """Accept an event of a track; waits while too many are in memory."""
        told = track.begin(work.event["sequence"])
        await self._window.acquire()
        await self.circuit.closed()

        def done(delivered: bool) -> None:
            told(delivered)
            self._window.release()

        work.done = done
        if run := self.pace.put(work):
            self.spawn(run)

    # ---- one delivery ----
    async def deliver(self, work: Work) -> bool:
        """True when it is settled: delivered, or dead."""
        async with self._slots:
            probe = await self.circuit.enter()
            try:
                attempt = await self._attempt(work, counted=not probe)
            except BaseException:
                self.circuit.gave_up(probe=probe)
                raise
        self._judge(attempt, probe)
        return self._settle(work, attempt)

    async def _attempt(self, work: Work, *, counted: bool) -> Attempt:
        if steady() > self._may_go_on():
            raise LeaseLost
        at, began = timezone.now(), steady()
        try:
            answer = await self._sink.send(work.packet())
        except SinkFault as error:
            answer = Answer(ok=False, error=str(error))
        return Attempt(at, int((steady() - began) * 1000), answer, counted and not self.circuit.is_open)

    def _judge(self, attempt: Attempt, probe: bool) -> None:
        if attempt.answer.ok or attempt.answer.final:  # it is up, even where it refuses one event
            self.circuit.succeeded()
            if probe:
                self.spawn(self.retries.hasten())
            self._health.succeeded(attempt)
        else:
            self.circuit.failed(probe=probe, retry_after=attempt.answer.retry_after)
            if self.circuit.is_open:
                self.retries.look()  # for something to probe with
            if disable := self._health.failed(attempt, self.circuit):
                self.circuit.rest()  # until this lane is ended: whoever said 410 is asked nothing more
                self.spawn(self.database.durably(disable))

    def _settle(self, work: Work, attempt: Attempt) -> bool:
        row = work.row or row_of(self.course.endpoint_id, work, attempt.at)
        apply(row, attempt, self.course.plan)
        settled = row.state != DeliveryState.RETRYING
        if settled:
            self.pace.settle(work)
        else:
            self.pace.block(work)
        self.recorder.add(row, is_new=work.row is None, attempt=attempt)
        work.row = row
        work.done(attempt.answer.ok)
        return settled

    def drop(self, work: Work, attempt: Attempt) -> bool:
        """Settle what cannot be attempted."""
        return self._settle(work, attempt)

    def _park(self, work: Work) -> None:
        """It waits as a row behind an earlier one of its chat."""
        row = work.row or row_of(self.course.endpoint_id, work, timezone.now())
        row.state, row.next_at = DeliveryState.WAITING, None
        self.pace.block(work)
        self.recorder.add(row, is_new=work.row is None)
        work.done(False)
