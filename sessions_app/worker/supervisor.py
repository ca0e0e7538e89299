"""The session owner: everything that runs in a sessions worker beside Celery, put together.

hosts --events--> Intake --lanes--> sessions_app.inbound, messaging
hosts <--sends--- Pump <-- outbox rows          Redis streams --> CommandReader --> hosts, Pump, Reconciler
hosts <--start/stop-- Actions <-- Reconciler <-- session rows
"""

import fcntl
import logging
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from sessions_app import ownership
from sessions_app.engine.client import HostExit, HostProcess
from sessions_app.engine.states import FINAL_STATES, Reason, State
from sessions_app.models import Desired
from whatsapp_api.core.paths import private_dir

from .actions import Actions
from .durable import connection_reset
from .hosts import HostPool, Slot
from .intake import Intake
from .lanes import Lanes
from .live import Live, Registry
from .pump import Pump
from .reader import CommandReader
from .reconciler import Reconciler
from .status import StatusBoard
from .timings import Timings
from .watch import Watch

logger = logging.getLogger(__name__)

LANES = 4
EVENTS_IN_MEMORY = 8_000


class SessionSupervisor:
    """`start` returns at once; `stop` when every session is down and given back."""

    def __init__(self, *, timings: Timings | None = None, node: str = "") -> None:
        self.node = node or ownership.node_name()
        self.timings = timings or Timings()
        self.registry = Registry()
        self._stopping = threading.Event()
        self._closing = threading.Event()
        self._lock_fd: int | None = None
        self.lanes = Lanes(count=LANES, limit=EVENTS_IN_MEMORY)
        self.pump = Pump(registry=self.registry, node=self.node, stopping=self._stopping)
        self.pool = HostPool(self._make_host, capacity=settings.SESSION_HOST_CAPACITY)
        self.intake = Intake(
            registry=self.registry,
            lanes=self.lanes,
            stopping=self._stopping,
            on_change=self._wake,
            on_sendable=self.pump.advance,
            on_sent=self.pump.reported,
        )
        self.actions = Actions(
            registry=self.registry,
            pool=self.pool,
            lanes=self.lanes,
            intake=self.intake,
            pump=self.pump,
            timings=self.timings,
            stopping=self._stopping,
        )
        self.reconciler = Reconciler(
            node=self.node,
            registry=self.registry,
            actions=self.actions,
            intake=self.intake,
            pool=self.pool,
            timings=self.timings,
            on_sweep=self.actions.sweep,
        )
        self.reader = CommandReader(
            node=self.node,
            registry=self.registry,
            on_wake=self.reconciler.wake,
            on_sends=self.pump.hint,
            on_gap=self.reconciler.wake,
        )
        self.watch = Watch(pool=self.pool, timings=self.timings)
        self.status = StatusBoard(node=lambda: self.node, registry=self.registry, pool=self.pool)
        self._starter = threading.Thread(target=self._start, name="supervisor", daemon=True)

    # -- life ---------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin, as soon as a predecessor on this machine is gone."""
        self._starter.start()

    def stop(self) -> None:
        """Let messages under way finish, stop the hosts, store what they said, give the sessions back."""
        began = time.monotonic()
        self._closing.set()
        self.pump.close()
        self._starter.join(1.0)
        if self._lock_fd is None:
            return
        self.reader.stop()
        self.reconciler.stop(within=1.0)
        self.watch.stop()
        self.status.stop()
        left = self.pump.drain(within=self.timings.drain_sends)
        self._stop_hosts()
        self._give_back()
        self.lanes.stop(within=self.timings.drain_events)
        self._stopping.set()
        self.pump.stop()
        os.close(self._lock_fd)
        logger.info("Sessions stopped in %.1f s, %d messages in doubt", time.monotonic() - began, left)

    def _start(self) -> None:
        root = private_dir(Path(settings.SESSIONS_DIR))
        fd = os.open(root / "worker.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not self._locked(fd):
            os.close(fd)
            return
        self._lock_fd = fd
        logger.info("Session owner %s starts", self.node)
        self.lanes.start()
        self.reconciler.start()
        self.reader.start()
        self.watch.start()
        self.status.start()

    def _locked(self, fd: int) -> bool:
        """Wait for the worker before us; False when we are told to stop meanwhile."""
        said = False
        while not self._closing.is_set():
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not said:
                    logger.warning("Another sessions worker uses %s; waiting for its end", settings.SESSIONS_DIR)
                    said = True
                self._closing.wait(0.1)
            else:
                return True
        return False

    # -- hosts --------------------------------------------------------------------------------------
    def _make_host(self, slot: Slot) -> HostProcess:
        return HostProcess(
            provider=slot.provider,
            environment={"SANDBOX_URL": settings.SANDBOX_URL},
            on_event=lambda event, seq: self.intake.heard(slot, event, seq),
            on_exit=lambda host, gone: self._host_gone(slot, host, gone),
        )

    def _host_gone(self, slot: Slot, host: HostProcess, gone: HostExit) -> None:
        surprised = self.pool.bury(slot)
        if self._closing.is_set():
            return
        if surprised:
            how = gone.signal or f"exit code {gone.returncode}"
            last = " | ".join(gone.stderr[:3])
            logger.error("Host %s ended (%s) with %d sessions in it. %s", host.pid, how, len(surprised), last)
        for session_id in surprised:
            live = self.registry.get(session_id)
            if live is not None and live.slot is slot:
                if live.state not in FINAL_STATES:
                    self.intake.announce(live, State.RECONNECTING, Reason.ENGINE_CRASHED)
                self._wake(session_id)

    def _wake(self, session_id: uuid.UUID) -> None:
        self.reconciler.wake(session_id)

    # -- stopping -----------------------------------------------------------------------------------
    def _stop_hosts(self) -> None:
        slots = self.pool.all()
        if slots:
            with ThreadPoolExecutor(len(slots), thread_name_prefix="host-stop") as threads:
                list(threads.map(lambda slot: slot.end(grace=self.timings.host_grace), slots))

    def _give_back(self) -> None:
        lives = self.registry.all()
        for live in lives:
            if live.state not in FINAL_STATES and live.row.desired == Desired.STARTED:
                state = State.RECONNECTING if live.row.is_paired else State.STARTING
                self.intake.announce(live, state, Reason.WORKER_LOST)
        with ThreadPoolExecutor(8, thread_name_prefix="give-back") as threads:
            list(threads.map(self._give_back_one, lives))

    def _give_back_one(self, live: Live) -> None:
        """Without this the next worker takes the session all the same, and finds the rest in the spool."""
        try:
            live.slot = None
            self.actions.recover(live, live.row)
            self.lanes.settle(live.id)
            self.actions.credentials.last(live)
            ownership.release(live.id, live.row.epoch)
        except Exception as error:  # noqa: BLE001
            connection_reset()
            logger.warning("Session %s: not given back cleanly: %s", live.id, type(error).__name__)
