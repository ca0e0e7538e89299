"""The session owner: everything that runs in a sessions worker beside Celery, put together.

hosts --events--> Intake --lanes--> sessions_app.inbound, messaging
hosts <--sends--- Pump <-- outbox rows          Redis streams --> CommandReader --> hosts, Pump, Reconciler
hosts <--start/stop-- Actions <-- Reconciler <-- session rows
"""

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from sessions_app import ownership
from sessions_app.cluster.member import Member
from sessions_app.engine.client import HostExit, HostProcess
from sessions_app.engine.deadlines import deadlines
from sessions_app.engine.states import FINAL_STATES, Reason, State
from sessions_app.models import Desired
from whatsapp_api.core.paths import private_dir

from .actions import Actions
from .downloads import Downloader
from .durable import connection_reset
from .hosts import HostPool, Slot
from .intake import Intake
from .lanes import Lanes
from .left_spools import LeftSpools
from .live import Live, Registry
from .membership import member_settings, parent_tell
from .open_transactions import OpenTransactions
from .placing import Placing
from .pump import Pump
from .reader import CommandReader
from .reconciler import Reconciler
from .status import StatusBoard
from .timings import Timings
from .watch import Watch

logger = logging.getLogger(__name__)

LANES = 4
EVENTS_IN_MEMORY = 8_000
JOIN_AGAIN = 0.5
FENCE_SHARE = 0.8  # of the time before others act: hosts hang up and end by themselves; then they are killed


class SessionSupervisor:
    """`start` returns at once; `stop` when every session is down and given back."""

    def __init__(
        self,
        *,
        timings: Timings | None = None,
        born: datetime | None = None,
        on_fence: Callable[[], None] = lambda: None,
    ) -> None:
        self.node = ownership.node_name()
        self.timings = timings or Timings(give_back=settings.SESSION_REBALANCE_SECONDS)
        self.registry = Registry()
        self.fenced = threading.Event()
        self._on_fence = on_fence
        self._started = False
        self.member = Member(
            self.node,
            member_settings(),
            on_fence=self._fence,
            on_beat=self._renewed,
            on_death=self._cluster_changed,
            news=self._news,
        )
        self.placing = Placing(node=self.node, timings=self.timings)
        self._stopping = threading.Event()
        self._closing = threading.Event()
        self.lanes = Lanes(count=LANES, limit=EVENTS_IN_MEMORY)
        self.pump = Pump(registry=self.registry, node=self.node, stopping=self._stopping, may_act=self._may_act)
        self.pool = HostPool(
            self._make_host, capacity=settings.SESSION_HOST_CAPACITY, spares=settings.SESSION_SPARE_HOSTS
        )
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
            closing=self._closing,
            stopping=self._stopping,
        )
        self.reconciler = Reconciler(
            node=self.node,
            registry=self.registry,
            actions=self.actions,
            intake=self.intake,
            pool=self.pool,
            timings=self.timings,
            placing=self.placing,
            may_act=self._may_act,
            born=born or timezone.now(),
            on_sweep=self.actions.sweep,
        )
        self.reader = CommandReader(
            node=self.node,
            registry=self.registry,
            on_wake=self.reconciler.wake,
            on_sends=self.pump.hint,
            on_gap=self.reconciler.wake,
            on_cluster=self._hear_cluster,
        )
        self.watch = Watch(pool=self.pool, timings=self.timings)
        self.status = StatusBoard(node=lambda: self.node, registry=self.registry, pool=self.pool)
        self.left_spools = LeftSpools(node=self.node, registry=self.registry)
        self.open_transactions = OpenTransactions()
        self.downloader = Downloader(registry=self.registry)
        self._starter = threading.Thread(target=self._start, name="supervisor", daemon=True)

    # -- life ---------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin, as soon as the database knows us."""
        self._starter.start()

    def stop(self) -> None:
        """Hand everything over; what nobody takes is stopped here and given back, messages under way first."""
        began = time.monotonic()
        self._closing.set()
        self.placing.closed = True
        self.pump.close()
        self._starter.join(1.0)
        if not self._started:
            return  # whoever waits for the database gives up by itself
        if self.fenced.is_set():
            self.bury()
            return
        left = self._drain()
        self.reader.stop()
        self.reconciler.stop(within=1.0)
        self.watch.stop()
        self.status.stop()
        self.left_spools.stop()
        self.open_transactions.stop()
        self.downloader.stop()
        doubtful = self.pump.drain(within=self.timings.drain_sends) if left else 0
        self._stop_hosts()
        # After so long, what the database does not take is not repeated any more: it waits in the spool.
        patience = deadlines.after(self.timings.drain_events, self._stopping.set)
        self._give_back()
        patience.cancel()
        self.lanes.stop(within=self.timings.drain_events)
        self._stopping.set()
        self.pump.stop()
        self.member.leave()
        logger.info("Sessions stopped in %.1f s, %d messages in doubt", time.monotonic() - began, doubtful)

    def _start(self) -> None:
        if not self._join():
            return
        self._started = not self._closing.is_set()
        if not self._started:
            self.member.leave()
            return
        logger.info("Session owner %s starts", self.node)
        self.lanes.start()
        self.reconciler.start()
        self.reader.start()
        self.watch.start()
        self.status.start()
        self.left_spools.start()
        self.open_transactions.start()
        self.downloader.start()

    def _join(self) -> bool:
        """Until the database answers; False when we are told to stop meanwhile."""
        private_dir(Path(settings.SESSIONS_DIR))
        while not self._closing.is_set():
            try:
                self.member.join()
            except Exception as error:  # noqa: BLE001
                connection_reset()
                logger.warning("The session owner cannot start yet: %s: %s", type(error).__name__, error)
                self._closing.wait(JOIN_AGAIN)
            else:
                parent_tell(self.member)
                return True
        return False

    # -- the lease ----------------------------------------------------------------------------------
    def _renewed(self, until: float) -> None:
        for slot in self.pool.all():
            if (host := slot.up) is not None:
                host.lease(until)

    def _fence(self) -> None:
        """Our lease is over: others may carry our sessions from now on. Hosts know it too, if we come late."""
        self._closing.set()
        self.pump.close()
        hosts = [host for slot in self.pool.close() if (host := slot.up) is not None]
        for host in hosts:
            host.fence()
        deadline = time.monotonic() + self.member.lease.margin * FENCE_SHARE
        for host in hosts:
            if not host.wait_gone(max(0.0, deadline - time.monotonic())):
                host.kill()
        self._stopping.set()
        self.lanes.drop()
        self.fenced.set()
        self._on_fence()

    def bury(self) -> bool:
        """After a fence: end our threads, and say that nothing of this node runs any more. False: try again."""
        self.member.retire()
        self.reader.stop()
        self.reconciler.stop(within=1.0)
        self.watch.stop()
        self.status.stop()
        self.left_spools.stop()
        self.open_transactions.stop()
        self.downloader.stop()
        self.lanes.stop(within=1.0)
        self.pump.stop()
        if not all(host.wait_gone(1.0) for host in self.pool.hosts()):
            logger.warning("The end of %s waits for its hosts", self.node)
            return False
        return self.member.report(cause="fenced")

    def _cluster_changed(self, _: str = "") -> None:
        self.reconciler.wake()

    def _hear_cluster(self, gone: str) -> None:
        """`gone`: a node of which no process is left, as its parent says."""
        self.member.look(gone)
        self.reconciler.wake()

    def _news(self) -> dict[str, Any]:
        info = {"pid": os.getpid(), "hosts": len(self.pool.all()), "sessions": len(self.registry.all())}
        return {"info": info, "capacity": self.member.settings.capacity}

    # -- hosts --------------------------------------------------------------------------------------
    def _make_host(self, slot: Slot) -> HostProcess:
        return HostProcess(
            provider=slot.provider,
            environment={"SANDBOX_URL": settings.SANDBOX_URL},
            until=lambda: self.member.lease.until,
            inherit=() if self.member.life_fd is None else (self.member.life_fd,),
            on_event=lambda event, seq: self.intake.heard(slot, event, seq),
            on_exit=lambda host, gone: self._host_gone(slot, host, gone),
        )

    def _host_gone(self, slot: Slot, host: HostProcess, gone: HostExit) -> None:
        if not self._closing.is_set():
            self._say_crashed(slot)
        surprised = self.pool.bury(slot)
        if self._closing.is_set():
            return
        if surprised:
            how = gone.signal or f"exit code {gone.returncode}"
            last = " | ".join(gone.stderr[:3])
            logger.error("Host %s ended (%s) with %d sessions in it. %s", host.pid, how, len(surprised), last)
        for session_id in surprised:
            self._wake(session_id)

    def _say_crashed(self, slot: Slot) -> None:
        """Before the host is known to be dead: then its sessions are taken out of it, and start anew."""
        for session_id in list(slot.places):
            live = self.registry.get(session_id)
            if live is None or live.slot is not slot or session_id in slot.leaving:
                continue
            if live.state not in FINAL_STATES:
                self.intake.announce(live, State.RECONNECTING, Reason.ENGINE_CRASHED)

    def _may_act(self) -> bool:
        return self.member.lease.valid

    def _wake(self, session_id: uuid.UUID) -> None:
        self.reconciler.wake(session_id)

    # -- stopping -----------------------------------------------------------------------------------
    def _drain(self) -> int:
        """Give the sessions to other workers, if there are any; how many are left."""
        self.member.drain()
        try:
            if self.placing.others_take():
                return self.reconciler.hand_over_all(within=self.timings.hand_over)
        except DatabaseError:
            connection_reset()
        return len(self.registry.all())

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
