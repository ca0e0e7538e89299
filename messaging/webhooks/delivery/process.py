"""The delivery loop as a thread of a Celery pool process: `celery worker --deliveries`.

Each process of the pool gets one, started after the fork, with connections of its own. Its ordinary tasks run beside
it. A process that is killed leaves nothing but leases that run out.
"""

import asyncio
import logging
import threading
import time
from typing import Any

import click
import uvloop
from celery import Celery, bootsteps
from celery.signals import worker_process_init, worker_process_shutdown

logger = logging.getLogger(__name__)

OPTION = click.Option(["--deliveries"], is_flag=True, default=False, help="Deliver events to webhooks in this worker.")
STOP_SECONDS = 8.0
AFTER_FAULT_SECONDS = 2.0

_enabled = False
_thread: "DeliveryThread | None" = None


class DeliveryThread:
    """Starts at once; `stop` lets what is under way end."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        from .dispatcher import Dispatcher

        asyncio.set_event_loop(self._loop)
        while not self._stop.is_set():
            try:
                self._loop.run_until_complete(Dispatcher().run(self._stop))
            except Exception:
                logger.exception("The delivery loop broke and begins anew")
                time.sleep(AFTER_FAULT_SECONDS)


class DeliveriesStep(bootsteps.StartStopStep):
    """Only notes the option: the loops begin in the pool's processes, which do not exist yet."""

    def __init__(self, parent: Any, deliveries: bool = False, **options: Any) -> None:
        global _enabled
        super().__init__(parent, **options)
        _enabled = bool(deliveries)

    def start(self, parent: Any) -> None:
        """Nothing: see `_begin`."""


def install(app: Celery) -> None:
    """Teach `celery worker` the option."""
    app.user_options["worker"].add(OPTION)
    app.steps["worker"].add(DeliveriesStep)
    worker_process_init.connect(_begin, weak=False)
    worker_process_shutdown.connect(_end, weak=False)


def _begin(**_: Any) -> None:
    global _thread
    if _enabled:
        _thread = DeliveryThread()


def _end(**_: Any) -> None:
    if _thread is not None:
        _thread.stop()
