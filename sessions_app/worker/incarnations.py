"""A sessions worker is one session owner after another: when its lease ran out, it comes back under a new name."""

import threading

from django.utils import timezone

from .pulse import pulse_start
from .supervisor import SessionSupervisor
from .timings import Timings

AGAIN = 0.5


class Incarnations:
    """`start` returns at once; `stop` when every session is down and given back."""

    def __init__(self, *, timings: Timings | None = None) -> None:
        self._timings = timings
        self._born = timezone.now()
        self._closing = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.current = self._next()
        self._thread = threading.Thread(target=self._run, name="incarnations", daemon=True)

    def start(self) -> None:
        pulse_start()
        self.current.start()
        self._thread.start()

    def stop(self) -> None:
        """Once. The thread may be about to begin anew: then that one is stopped."""
        self._closing.set()
        self._over.set()
        with self._lock:
            self.current.stop()

    def _next(self) -> SessionSupervisor:
        return SessionSupervisor(timings=self._timings, born=self._born, on_fence=self._over.set)

    def _run(self) -> None:
        while True:
            self._over.wait()
            with self._lock:
                if self._closing.is_set():
                    return
                self._over.clear()
                if self.current.fenced.is_set():
                    self._renew()

    def _renew(self) -> None:
        while not self.current.bury():
            if self._closing.wait(AGAIN):
                return
        self.current = self._next()
        self.current.start()
