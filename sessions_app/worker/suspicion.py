"""May a session share its host with others? One account whose data crashes native code must not take nine along.

Nobody can see which session of a host brought it down. So when hosts that a session shared keep dying, it gets a host
of its own, as do all the others that were there: the innocent prove themselves and go back, the guilty is found alone.
"""

import time
from collections import deque
from dataclasses import dataclass, field

SPREAD_AFTER = 2  # deaths of hosts that it shared
GUILTY_AFTER = 2  # deaths of hosts that it had to itself
MEMORY = 1800.0
GUILTY_FOR = 86_400.0
KEPT = 16


@dataclass(slots=True)
class Suspicion:
    """What is held against one session, in seconds of `time.monotonic`."""

    shared: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    alone: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    condemned_until: float = 0.0  # what an earlier owner found out: `Session.isolated_until`

    def host_died(self, *, company: int, now: float | None = None) -> None:
        """A host ended in which it was one of `company` sessions, and nobody had asked for that."""
        (self.shared if company > 1 else self.alone).append(_now(now))

    def guilty(self, now: float | None = None) -> bool:
        """It brought down hosts that nobody else was in."""
        return self.deaths_alone(now) >= GUILTY_AFTER or _now(now) < self.condemned_until

    def apart(self, now: float | None = None) -> bool:
        """It gets a host of its own."""
        return self.guilty(now) or _recent(self.shared, MEMORY, now) >= SPREAD_AFTER

    def deaths_alone(self, now: float | None = None) -> int:
        return _recent(self.alone, GUILTY_FOR, now)

    def cleared(self) -> None:
        """It was up alone for long enough."""
        self.shared.clear()
        self.alone.clear()


def _recent(moments: deque[float], within: float, now: float | None) -> int:
    since = _now(now) - within
    return sum(moment > since for moment in moments)


def _now(now: float | None) -> float:
    return time.monotonic() if now is None else now
