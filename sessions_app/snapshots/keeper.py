"""Decides when to take snapshots. It has no thread of its own: the owner's sweep asks, the owner's threads do.

A store that changed is copied within about two seconds, but no more often than every ten: what a lost machine rewinds
stays small, and a busy account does not keep the storage busy.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sessions_app.engine.store import database_path

from .errors import StaleOwner
from .models import SessionSnapshot
from .sqlite_copy import Signature, signature
from .take import snapshot_take

logger = logging.getLogger(__name__)

SETTLE = 1.0  # a burst of writes becomes one snapshot
GAP = 10.0
RETRY_FIRST = 5.0
RETRY_MOST = 60.0

Take = Callable[..., SessionSnapshot | None]


@dataclass(frozen=True, slots=True)
class Running:
    """A session that this worker runs, and where its store is."""

    session_id: uuid.UUID
    epoch: int
    store: Path


class Taken(Enum):
    SAVED = "saved"
    UNCHANGED = "unchanged"
    BUSY = "busy"  # another thread is at it
    STALE = "stale"  # another worker owns the session
    FAILED = "failed"  # the log says why; it is tried again


@dataclass(slots=True)
class _Watch:
    saved: Signature | None = None
    changed_at: float | None = None
    taken_at: float = float("-inf")
    not_before: float = float("-inf")
    failures: int = 0
    hurry: bool = False
    at_work: threading.Lock = field(default_factory=threading.Lock)


class SnapshotKeeper:
    """Which of the running sessions changed, and when they were taken last. Any thread may call it."""

    def __init__(self, *, take: Take = snapshot_take, settle: float = SETTLE, gap: float = GAP) -> None:
        self._take = take
        self._settle = settle
        self._gap = gap
        self._lock = threading.Lock()
        self._watches: dict[uuid.UUID, _Watch] = {}

    def due(self, running: Iterable[Running], now: float | None = None) -> list[Running]:
        """Those to take now. Give all running sessions each time: the others are forgotten."""
        now = time.monotonic() if now is None else now
        sessions = list(running)
        with self._lock:
            alive = {each.session_id for each in sessions}
            self._watches = {
                key: watch for key, watch in self._watches.items() if key in alive or watch.at_work.locked()
            }
        return [each for each in sessions if self._is_due(each, now)]

    def take_due(self, running: Iterable[Running], now: float | None = None) -> list[tuple[Running, Taken]]:
        """`due` and `take` in one, on the caller's thread."""
        return [(each, self.take(each, now)) for each in self.due(running, now)]

    def hurry(self, session_id: uuid.UUID) -> None:
        """Take it with the next sweep, whatever the gap: it was just paired."""
        with self._lock:
            self._watch(session_id).hurry = True

    def take(self, running: Running, now: float | None = None, *, wait: float = 0.0) -> Taken:
        """Take one now, also when it is not due. Never raises: the session goes on without.

        On stop, when it is the last, `wait` so long for one that another thread is taking.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            watch = self._watch(running.session_id)
        if not watch.at_work.acquire(timeout=wait):
            return Taken.BUSY
        try:
            seen = signature(database_path(running.store))  # before the copy: a write after it shows again
            taken = self._try(running, watch)
            self._note(watch, taken, seen, now)
        finally:
            watch.at_work.release()
        return taken

    def _is_due(self, running: Running, now: float) -> bool:
        seen = signature(database_path(running.store))
        with self._lock:
            watch = self._watch(running.session_id)
            if watch.at_work.locked() or now < watch.not_before:
                return False
            if watch.hurry:
                return True
            if seen is not None and seen == watch.saved:
                watch.changed_at = None
                return False
            if watch.changed_at is None:
                watch.changed_at = now
            return now >= max(watch.changed_at + self._settle, watch.taken_at + self._gap)

    def _try(self, running: Running, watch: _Watch) -> Taken:
        try:
            snapshot = self._take(session_id=running.session_id, epoch=running.epoch, store=running.store)
        except StaleOwner as error:
            logger.warning("No snapshot: %s", error)
            return Taken.STALE
        except Exception as error:  # noqa: BLE001 - a storage may raise anything, and the session must go on
            if not watch.failures:
                logger.error("Session %s: no snapshot: %s: %s", running.session_id, type(error).__name__, error)
            return Taken.FAILED
        if watch.failures:
            logger.info("Session %s: snapshots work again", running.session_id)
        return Taken.SAVED if snapshot else Taken.UNCHANGED

    def _note(self, watch: _Watch, taken: Taken, seen: Signature | None, now: float) -> None:
        with self._lock:
            if taken in {Taken.FAILED, Taken.STALE}:
                watch.not_before = now + min(RETRY_MOST, RETRY_FIRST * 2**watch.failures)
                watch.failures = min(watch.failures + 1, 8)
                return
            watch.saved, watch.changed_at, watch.taken_at = seen, None, now
            watch.failures, watch.hurry = 0, False

    def _watch(self, session_id: uuid.UUID) -> _Watch:
        return self._watches.setdefault(session_id, _Watch())
