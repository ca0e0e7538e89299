"""Tells in Redis what this worker carries. A thread of its own: a Redis that hangs must hold up nothing else."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable

import psutil
import redis

from sessions_app.live_status import (
    EVERY,
    HostStatus,
    LiveStatus,
    WorkerStatus,
    status_clear,
    status_write,
)

from .hosts import HostPool, Slot
from .live import Live, Registry

logger = logging.getLogger(__name__)


class StatusBoard:
    """`node`: asked each time."""

    def __init__(self, *, node: Callable[[], str], registry: Registry, pool: HostPool, every: float = EVERY) -> None:
        self._node = node
        self._registry = registry
        self._pool = pool
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes its word back, if Redis is there: the thread does, since a write under way may still arrive."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(self._every)

    def look(self) -> WorkerStatus:
        """What is, now."""
        own = psutil.Process()
        return WorkerStatus(
            node=self._node(),
            at=time.time(),
            pid=os.getpid(),
            rss=own.memory_info().rss,
            fds=own.num_fds(),
            hosts=[host for slot in self._pool.all() if (host := _host(slot))],
            sessions={str(live.id): _live(live) for live in self._registry.all()},
        )

    def _run(self) -> None:
        away = False
        while not self._stop.is_set():
            try:
                status_write(self.look())
                away = False
            except redis.RedisError:
                away = True  # others say so loud enough
            except Exception:
                if not away:
                    logger.exception("The status of this worker cannot be told")
                away = True
            self._stop.wait(self._every)
        with contextlib.suppress(redis.RedisError):
            status_clear(self._node())


def _host(slot: Slot) -> HostStatus | None:
    """None for one that is coming up or gone."""
    if slot.dead or not slot.ready.done() or slot.ready.exception() is not None or not slot.host.pid:
        return None
    try:
        process = psutil.Process(slot.host.pid)
        with process.oneshot():
            rss, fds, threads = process.memory_info().rss, process.num_fds(), process.num_threads()
    except psutil.Error:
        return None
    return HostStatus(
        pid=process.pid,
        provider=slot.provider,
        alone=slot.alone,
        age=round(time.monotonic() - slot.born, 1),
        rss=rss,
        fds=fds,
        threads=threads,
        sessions=[str(session_id) for session_id in list(slot.places)],
    )


def _live(live: Live) -> LiveStatus:
    slot = live.slot
    said = slot.stats.get("sessions", {}).get(str(live.id), {}) if slot else {}
    return LiveStatus(
        state=live.state.value,
        seconds=round(time.monotonic() - live.since, 1),
        failures=live.failures,
        sending=live.flight is not None,
        waits_to_send=live.held or live.send_failures > 0,
        heard_at=said.get("last_inbound"),
        silences=said.get("silences", 0),
        answered_at=said.get("answered_at"),
    )
