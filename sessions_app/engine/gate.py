"""Keeps calls into the Go library away from starts and stops.

neonize keeps its clients in Go maps without locks: a start or stop (a write) beside a call (a read)
ends the whole process with "concurrent map read and map write". A call reads the map when it enters
and may then block for minutes, so only its first moments exclude a start or stop.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

ENTRY_WINDOW = 0.05
"""How long a call is given to get past its look at the map: microseconds of work, generously rounded up."""


class Gate:
    """Any number of calls, or one start or stop; neither kind can starve the other."""

    def __init__(self, *, entry_window: float = ENTRY_WINDOW) -> None:
        self._changed = threading.Condition()
        self._writing = False
        self._waiting = 0  # starts and stops
        self._calls_waiting = 0
        self._admitted = 0  # calls that waited for a start or stop, and go before the next one
        self._entries: dict[int, float] = {}
        self._numbers = itertools.count()
        self._window = entry_window

    @contextmanager
    def entry(self) -> Iterator[None]:
        """Around a call into the library."""
        number = self._enter()
        try:
            yield
        finally:
            self._leave(number)

    @contextmanager
    def brief_entry(self) -> Iterator[bool]:
        """Around a call from inside a callback, which must not wait: False says to leave the call alone.

        A stop waits for the callback to return, so a callback that waited for a stop would wait for ever.
        """
        with self._changed:
            free = not self._writing and not self._waiting
            number = self._note_entry() if free else -1
        try:
            yield free
        finally:
            self._leave(number)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Around a start or stop: waits for the others and for calls that have only just entered."""
        with self._changed:
            self._waiting += 1
            while self._writing or self._admitted or (wait := self._fresh_entry()) > 0:
                self._changed.wait(None if self._writing or self._admitted else wait)
            self._waiting -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._changed:
                self._writing = False
                self._admitted = self._calls_waiting
                self._changed.notify_all()

    def _enter(self) -> int:
        with self._changed:
            self._calls_waiting += 1
            while self._writing or (self._waiting and not self._admitted):
                self._changed.wait()
            self._calls_waiting -= 1
            self._admitted = max(0, self._admitted - 1)
            return self._note_entry()

    def _note_entry(self) -> int:
        number = next(self._numbers)
        self._entries[number] = time.monotonic()
        return number

    def _leave(self, number: int) -> None:
        with self._changed:
            self._entries.pop(number, None)
            self._changed.notify_all()

    def _fresh_entry(self) -> float:
        if not self._entries:
            return 0.0
        return max(self._entries.values()) + self._window - time.monotonic()


gate = Gate()
"""The gate of this process: the maps it guards are as global."""
