"""Spools on this machine whose sessions went on elsewhere: what they hold is stored, or it would be seen by nobody.

A worker that dies leaves events that it had not stored yet. On this machine the next owner finds them with the
session; an owner on another machine cannot.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from sessions_app.engine.errors import EngineError
from sessions_app.engine.spool import HEAD, NAME, Spool
from sessions_app.engine.store import StoreLock
from sessions_app.models import Session

from .durable import connection_reset
from .intake import store_event
from .live import Registry
from .membership import NODES

logger = logging.getLogger(__name__)

FIRST = 3.0
EVERY = 30.0
NOBODY = -1
"""No session has this epoch: an event is stored, and nothing about the session's state."""


class LeftSpools:
    """A thread that looks now and then. Storing an event twice changes nothing."""

    def __init__(self, *, node: str, registry: Registry) -> None:
        self._node = node
        self._registry = registry
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="left-spools", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def look(self) -> int:
        """Store what is there; how many events."""
        return sum(self._look_at(path) for path in _with_events())

    def _run(self) -> None:
        wait = FIRST
        while not self._stop.wait(wait):
            wait = EVERY
            try:
                self.look()
            except Exception as error:  # noqa: BLE001
                connection_reset()
                logger.warning("Left spools cannot be looked at: %s", type(error).__name__)

    def _look_at(self, store: Path) -> int:
        session_id = uuid.UUID(store.name)
        if self._registry.get(session_id) is not None:
            return 0
        row = Session.objects.filter(pk=session_id, deleted_at=None).exclude(owner__in=["", self._node]).first()
        if row is None or (store.parent / NODES / row.owner).exists():
            return 0  # its owner, or whoever becomes that, finds the spool by itself: it is on this machine
        try:
            with StoreLock(store):
                count = self._store(row, store)
        except EngineError:  # it runs right here
            return 0
        logger.info("Session %s: %d events of its time here are stored", session_id, count)
        return count

    def _store(self, row: Session, store: Path) -> int:
        row.epoch = NOBODY
        spool = Spool(store)
        try:
            pending = spool.pending()
            for seq, event in pending:
                store_event(row, event, row.state_generation)
                spool.ack(seq)
        finally:
            spool.close()
        return len(pending)


def _with_events() -> Iterator[Path]:
    root = Path(settings.SESSIONS_DIR)
    for spool in sorted(root.glob(f"*/{NAME}")):
        if len(spool.parent.name) == 36 and not spool.parent.is_symlink() and spool.stat().st_size > HEAD.size:
            yield spool.parent
