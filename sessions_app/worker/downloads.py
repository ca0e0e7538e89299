"""Fetches files of received messages: the host decrypts into a file, the higher layer stores it."""

import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sessions_app.engine.errors import EngineError, NotConnected
from sessions_app.hooks import Download, downloads, downloads_wanted

from .durable import connection_reset, describe
from .live import Live, Registry

logger = logging.getLogger(__name__)

EVERY = 1.0
AT_ONCE = 3
WITHIN = 300.0
REST = 5.0  # after a session was found not connected


class Downloader:
    """A thread that looks for files that are due, and a few that fetch them."""

    def __init__(self, *, registry: Registry) -> None:
        self._registry = registry
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="downloads")
        self._under_way: set[str] = set()
        self._resting: dict[uuid.UUID, float] = {}
        self._thread = threading.Thread(target=self._run, name="download-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is under way is fetched again by the next owner."""
        self._stop.set()
        downloads_wanted.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def look(self) -> int:
        """Begin what is due and not under way; how much."""
        ready = {live.id: live for live in self._registry.all() if live.can_send and not self._rests(live)}
        begun = 0
        for source in downloads() if ready else ():
            for download in source.due(ready):
                if download.ref not in self._under_way and len(self._under_way) < 4 * AT_ONCE:
                    self._under_way.add(download.ref)
                    self._pool.submit(self._fetch, ready[download.session], download)
                    begun += 1
        return begun

    def _run(self) -> None:
        while not self._stop.is_set():
            downloads_wanted.wait(EVERY)
            downloads_wanted.clear()
            try:
                self.look()
            except Exception as error:  # noqa: BLE001
                connection_reset()
                logger.warning("Files to fetch cannot be looked for: %s", describe(error))
                self._stop.wait(EVERY)

    def _rests(self, live: Live) -> bool:
        return self._resting.get(live.id, 0.0) > time.monotonic()

    def _fetch(self, live: Live, download: Download) -> None:
        try:
            self._try(live, download)
        except Exception as error:  # noqa: BLE001 - the row stays due
            connection_reset()
            self._resting[live.id] = time.monotonic() + REST
            logger.warning("Session %s: a file was not stored: %s", live.id, describe(error))
        finally:
            Path(download.path).unlink(missing_ok=True)
            self._under_way.discard(download.ref)
            downloads_wanted.set()

    def _try(self, live: Live, download: Download) -> None:
        slot = live.slot
        if slot is None or slot.up is None:
            return
        arguments = {"message": download.message, "path": download.path}
        try:
            slot.host.call(str(live.id), "media_download", arguments, timeout=WITHIN).result(WITHIN + 5)
        except NotConnected:
            self._resting[live.id] = time.monotonic() + REST
        except EngineError as error:
            for source in downloads():
                source.fail(download.ref, error.code, error.text)
        else:
            for source in downloads():
                source.finish(download.ref, download.path)
