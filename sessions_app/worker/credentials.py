"""The session owner's part in encrypted snapshots: adopt a store, keep copies while it runs, destroy them.

The rules are in `sessions_app.snapshots`; this says when they are asked, and on which thread.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

from sessions_app.engine.errors import EngineError
from sessions_app.snapshots.destroy import snapshots_destroy
from sessions_app.snapshots.errors import SnapshotError, StaleOwner
from sessions_app.snapshots.keeper import Running, SnapshotKeeper
from sessions_app.snapshots.restore import Adopted, snapshot_restore
from whatsapp_api.core.crypto import SealBroken
from whatsapp_api.core.master_key import MasterKeyError

from . import stores
from .durable import connection_reset, describe
from .live import Live, Registry

logger = logging.getLogger(__name__)

THREADS = 2
LAST_WAIT = 5.0  # for a copy that another thread is taking


class NotAdopted(Exception):
    """The session must not start with the store that is here; the text is for people."""


class Credentials:
    """One per worker. Whatever a storage or a key does, it never stops a session that runs."""

    def __init__(self, registry: Registry, *, keeper: SnapshotKeeper | None = None) -> None:
        self._registry = registry
        self._keeper = keeper or SnapshotKeeper()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="snapshots")

    def adopt(self, live: Live) -> Adopted:
        """Before each start, while no host has the store: put the newest copy in place."""
        try:
            return snapshot_restore(session_id=live.id, epoch=live.row.epoch, store=stores.path(live.id))
        except (SnapshotError, MasterKeyError, SealBroken, EngineError) as error:
            raise NotAdopted(f"The stored credentials cannot be used: {error}") from error
        except Exception as error:
            connection_reset()
            logger.warning("Session %s: its store cannot be adopted: %s", live.id, describe(error))
            raise NotAdopted(
                f"The stored credentials cannot be read at the moment ({type(error).__name__}); trying again."
            ) from error

    def sweep(self) -> None:
        """Have copies made of what changed; returns at once."""
        running = []
        for live in self._registry.all():
            if live.running and not live.busy:
                if live.just_paired:
                    live.just_paired = False
                    self._keeper.hurry(live.id)
                running.append(_running(live))
        for due in self._keeper.due(running):
            self._submit(due)

    def last(self, live: Live) -> None:
        """After the session left its host: what the next owner, perhaps on another machine, goes on with."""
        self._keeper.take(_running(live), wait=LAST_WAIT)

    def destroy(self, live: Live) -> None:
        """The account is gone from here: its store, its key, every copy. May be repeated."""
        stores.remove(live.id)
        try:
            snapshots_destroy(session_id=live.id, epoch=live.row.epoch)
        except StaleOwner as error:  # whoever owns it now is asked for the same
            logger.warning("Session %s: its snapshots are not ours to destroy: %s", live.id, error)

    def _submit(self, due: Running) -> None:
        try:
            self._threads.submit(self._keeper.take, due)
        except RuntimeError:  # the interpreter ends; a stop takes the last copies itself
            pass


def _running(live: Live) -> Running:
    return Running(live.id, live.row.epoch, stores.path(live.id))
