"""Ends transactions that a killed process left open, so that nobody waits for what it had locked."""

import logging
import threading

from whatsapp_api.core.abandoned import abandoned_abort
from whatsapp_api.core.db import on_mongodb

from .durable import connection_reset, describe

logger = logging.getLogger(__name__)

EVERY = 0.5
EVERY_AFTER_ERROR = 5.0


class OpenTransactions:
    """A thread in each sessions worker. SQLite gives the locks of a dead process up by itself."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="open-transactions", daemon=True)

    def start(self) -> None:
        if on_mongodb():
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        wait = EVERY
        while not self._stop.wait(wait):
            try:
                if count := abandoned_abort():
                    logger.warning("Ended %d transactions that a process had left open", count)
                wait = EVERY
            except Exception as error:  # noqa: BLE001 - away, or our user may not: its own limit still ends them
                connection_reset()
                if wait == EVERY:
                    logger.warning("Transactions left open cannot be looked for: %s", describe(error))
                wait = EVERY_AFTER_ERROR
