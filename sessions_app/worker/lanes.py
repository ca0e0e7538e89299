"""A few threads that store events: one lane a session, so that its events keep their order."""

import functools
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable

from whatsapp_api.core.logs import about

from .durable import describe

logger = logging.getLogger(__name__)

Work = Callable[[], None]


class Lanes:
    """Work is done in order within a lane. Lanes hold `limit` pieces of work together; what must not wait may pass."""

    def __init__(self, *, count: int, limit: int) -> None:
        self._queues: list[queue.SimpleQueue[Work | None]] = [queue.SimpleQueue() for _ in range(count)]
        self._limit = limit // count
        self._stopped = False
        self._dropped = False
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"events-{number}", daemon=True)
            for number, lane in enumerate(self._queues)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def put(self, session_id: uuid.UUID, work: Work, *, force: bool = False) -> bool:
        """Queue work behind the session's other work; False when there is no room."""
        lane = self._lane(session_id)
        if not force and lane.qsize() >= self._limit:
            return False
        lane.put(functools.partial(_about, session_id, work))
        return True

    def settle(self, session_id: uuid.UUID) -> bool:
        """Wait until everything queued for the session so far is done; False when the lanes stop before."""
        done = threading.Event()
        self._lane(session_id).put(done.set)
        while not done.wait(0.2):
            if self._stopped or self._dropped:
                return False
        return True

    def drop(self) -> None:
        """Do nothing more of what is queued: after an outage hundreds of writes may wait here, and an owner that has
        been replaced would hold the database up with them, only to be refused. Their sources are kept.
        """
        self._dropped = True

    def stop(self, *, within: float) -> None:
        """Finish what is queued, as far as time allows."""
        for lane in self._queues:
            lane.put(None)
        deadline = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._stopped = True

    def _lane(self, session_id: uuid.UUID) -> "queue.SimpleQueue[Work | None]":
        return self._queues[session_id.int % len(self._queues)]

    def _run(self, lane: "queue.SimpleQueue[Work | None]") -> None:
        while (work := lane.get()) is not None:
            if not self._dropped:
                work()


def _about(session_id: uuid.UUID, work: Work) -> None:
    with about(session_id=session_id):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - one bad event must not end the lane
            logger.error("Work on an event failed: %s", describe(error))
