"""Looks after host processes: one that does not answer is ended, one that nobody needs as well."""

import functools
import logging
import threading
import time
from concurrent.futures import Future
from typing import Any

from .hosts import HostPool, Slot
from .timings import Timings

logger = logging.getLogger(__name__)

EMPTY_SECONDS = 60.0


class Watch:
    """Asks each host for its statistics now and then; the answer is a sign of life."""

    def __init__(self, *, pool: HostPool, timings: Timings) -> None:
        self._pool = pool
        self._timings = timings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="host-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._timings.stats_every):
            for slot in self._pool.all():
                try:
                    self._look(slot)
                except Exception:
                    logger.exception("Looking after a host failed")

    def _look(self, slot: Slot) -> None:
        if slot.dead or not slot.ready.done() or slot.ready.exception() is not None:
            return
        if not slot.places and time.monotonic() - slot.born > EMPTY_SECONDS and self._pool.close_empty(slot):
            slot.end(grace=self._timings.host_grace)
        elif not slot.asking:
            slot.asking = True
            future = slot.host.stats(timeout=self._timings.stats_within)
            future.add_done_callback(functools.partial(self._answered, slot))

    def _answered(self, slot: Slot, future: Future[dict[str, Any]]) -> None:
        slot.asking = False
        if future.cancelled() or future.exception() is None or slot.dead or not slot.host.alive:
            return
        logger.error("Host %s has not answered for %.0f s: ending it", slot.host.pid, self._timings.stats_within)
        slot.host.kill()
