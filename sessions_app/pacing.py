"""How fast a session's messages may leave: a token bucket that the session's owner keeps in memory.

It never changes what leaves next, only when: the next row is chosen once a message may go, so somebody's message
still goes before thousands of a broadcast, and nothing is reordered. A new owner begins with a single token, since
it cannot know what the last one sent.
"""

import random
import time
from dataclasses import dataclass

from django.conf import settings

from .models import Provider, Session


@dataclass(frozen=True, slots=True)
class Pace:
    """`per_second` 0: no limit. `jitter`: seconds that each message waits at most besides."""

    per_second: float = 0.0
    burst: int = 1
    jitter: float = 0.0


def pace_of(session: Session) -> Pace:
    """What people set, or what the provider has by default: the sandbox none, WhatsApp a modest one."""
    per_minute, burst = session.rate_per_minute, session.rate_burst
    if per_minute is None:
        per_minute = settings.RATE_PER_MINUTE if session.provider == Provider.WHATSAPP else 0
    if burst is None:
        burst = settings.RATE_BURST
    return Pace(per_minute / 60, burst, session.rate_jitter)


class Bucket:
    """Tells when the next message may leave. One thread at a time."""

    def __init__(self) -> None:
        self._tokens = 1.0
        self._at = time.monotonic()
        self._not_before = 0.0

    def wait(self, pace: Pace) -> float:
        """Seconds until a message may leave; 0: now."""
        now = time.monotonic()
        wait = self._not_before - now
        if pace.per_second:
            self._tokens = min(pace.burst, self._tokens + (now - self._at) * pace.per_second)
            wait = max(wait, (1 - self._tokens) / pace.per_second)
        self._at = now
        return wait if wait > 1e-6 else 0.0

    def take(self, pace: Pace) -> None:
        """A message leaves now."""
        if pace.per_second:
            self._tokens -= 1
        if pace.jitter:
            self._not_before = time.monotonic() + random.uniform(0, pace.jitter)  # noqa: S311 keeps no secret
