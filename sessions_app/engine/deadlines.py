"""Timers for many short deadlines on one thread."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Timer:
    """Something that will be called later unless cancelled."""

    __slots__ = ("action", "due")

    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Do not call it any more; harmless when it was called already."""
        self.action = None


class Deadlines:
    """Calls actions when their time has come. Actions must be quick: they share the thread."""

    def __init__(self, name: str = "deadlines") -> None:
        self._name = name
        self._wake = threading.Condition()
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call `action` in so many seconds."""
        timer = Timer(time.monotonic() + seconds, action)
        with self._wake:
            heapq.heappush(self._heap, (timer.due, next(self._order), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._wake.notify()
        return timer

    def _run(self) -> None:
        while True:
            action = self._next()
            try:
                action()
            except Exception:  # one bad action must not stop the others' deadlines
                log.exception("a deadline's action failed")

    def _next(self) -> Callable[[], None]:
        with self._wake:
            while True:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    _, _, timer = heapq.heappop(self._heap)
                    if timer.action is not None:
                        return timer.action
                else:
                    self._wake.wait(wait)


deadlines = Deadlines()
