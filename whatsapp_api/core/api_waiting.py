"""Requests that wait for something to happen, each in a thread of its own: a bounded number of them."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Beyond this many, callers get the answer of the moment.
MOST_WAITING = 200
_places = threading.BoundedSemaphore(MOST_WAITING)


def wait_for(look: Callable[[], T | None], seconds: float, *, pause: float = 0.015, longest: float = 0.2) -> T | None:
    """What `look` answers, asked again and again at growing intervals; None when the time is up."""
    found = look()
    if found is not None or seconds <= 0 or not _places.acquire(blocking=False):
        return found
    try:
        deadline = time.monotonic() + seconds
        while found is None and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * 1.3, longest)
            found = look()
        return found
    finally:
        _places.release()
