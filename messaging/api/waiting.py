"""Holding a request until its message has left, without holding up others."""

import threading
import time

from messaging.models import Message, MessageState
from sessions_app.selectors import session_gone

PENDING = (MessageState.QUEUED, MessageState.SENDING)
# Each waiting request occupies a thread of its own: beyond this many, callers get the 202 at once.
MOST_WAITING = 200
FIRST_PAUSE, LONGEST_PAUSE = 0.015, 0.2

_places = threading.BoundedSemaphore(MOST_WAITING)


def wait_until_settled(message: Message, seconds: float) -> Message:
    """The message as it is when it is sent or has failed, or when the time is up."""
    if seconds <= 0 or not _places.acquire(blocking=False):
        return message
    try:
        return _poll(message, time.monotonic() + seconds)
    finally:
        _places.release()


def _poll(message: Message, deadline: float) -> Message:
    pause = FIRST_PAUSE
    while True:
        state = Message.objects.filter(pk=message.pk).values_list("state", flat=True).first()
        if state is None:
            raise session_gone()
        if state not in PENDING or time.monotonic() >= deadline:
            message.refresh_from_db()
            return message
        time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
        pause = min(pause * 1.3, LONGEST_PAUSE)
