"""Looks after host processes: ends one that does not answer or that nobody needs, empties one that is worn out."""

import functools
import logging
import threading
import time
from concurrent.futures import Future
from typing import Any

from .budget import Budget
from .hosts import HostPool, Slot
from .timings import Timings

logger = logging.getLogger(__name__)

EMPTY_SECONDS = 60.0


class Watch:
    """Asks each host for its statistics now and then; the answer is a sign of life."""

    def __init__(self, *, pool: HostPool, timings: Timings) -> None:
        self._pool = pool
        self._timings = timings
        self._budget = Budget.from_settings()
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
            self._pool.refill()

    def _look(self, slot: Slot) -> None:
        if slot.dead or slot.up is None:
            return
        if slot.worn:
            slot.next_turn()
        if not slot.places and self._pool.unneeded(slot, after=EMPTY_SECONDS):
            slot.end(grace=self._timings.host_grace)
        elif not slot.asking:
            slot.asking = True
            future = slot.host.stats(timeout=self._timings.stats_within)
            future.add_done_callback(functools.partial(self._answered, slot))

    def _answered(self, slot: Slot, future: Future[dict[str, Any]]) -> None:
        slot.asking = False
        if future.cancelled() or slot.dead or not slot.host.alive:
            return
        if future.exception() is None:
            slot.stats = future.result()
            self._weigh(slot)
            return
        logger.error("Host %s has not answered for %.0f s: ending it", slot.host.pid, self._timings.stats_within)
        slot.host.kill()

    def _weigh(self, slot: Slot) -> None:
        """One worn host at a time, and never one that only just began: limits may be set too low."""
        if time.monotonic() - slot.born < self._timings.recycle_after or any(each.worn for each in self._pool.all()):
            return
        if why := self._budget.exceeded(slot.stats):
            slot.worn = why
            logger.info("Host %s has %s: its %d sessions move out", slot.host.pid, why, len(slot.places))
