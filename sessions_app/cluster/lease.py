"""A worker's own view of its lease: until when may it act? Pure logic, no input and no output."""

import threading
from collections.abc import Callable
from enum import Enum

from whatsapp_api.core.clock import steady

NEVER = float("-inf")


class Witness(Enum):
    """Who can say that a worker lives. One is enough."""

    DATABASE = "database"
    REDIS = "redis"


class Lease:
    """Valid while a witness took a beat that was sent less than `ttl - margin` ago; once it ran out, over for good.

    Others wait `ttl` from when they saw a beat, which is after it was sent. So when they may take what we carry, we
    have stopped at least `margin` ago. No clock of another machine enters.
    """

    def __init__(self, *, ttl: float, margin: float, clock: Callable[[], float] = steady) -> None:
        if not 0 < margin < ttl:
            raise ValueError("the margin must be shorter than the lease")
        self.ttl = ttl
        self.margin = margin
        self._lasting = ttl - margin
        self._clock = clock
        self._lock = threading.Lock()
        self._until = dict.fromkeys(Witness, NEVER)
        self._begun = False
        self._over = False

    def extend(self, witness: Witness, sent: float) -> bool:
        """`witness` took a beat; `sent` was read from our clock before it left. False: too late."""
        with self._lock:
            if self._begun and not self._is_valid():
                return False
            self._begun = True
            self._until[witness] = max(self._until[witness], sent + self._lasting)
            return self._is_valid()

    def end(self) -> None:
        """Give it up, or learn that a witness has buried us."""
        with self._lock:
            self._over = True

    @property
    def valid(self) -> bool:
        """May we act now? Asking late is what ends a lease that ran out."""
        with self._lock:
            return self._is_valid()

    @property
    def over(self) -> bool:
        """Was it valid once and never will be again?"""
        with self._lock:
            return self._over or (self._begun and not self._is_valid())

    @property
    def until(self) -> float:
        """On the steady clock: the moment at which everything must have stopped unless another beat is taken."""
        with self._lock:
            return NEVER if self._over else max(self._until.values())

    def left(self, witness: Witness) -> float:
        """For how long one witness alone would carry us; negative when it does not."""
        with self._lock:
            return self._until[witness] - self._clock()

    def _is_valid(self) -> bool:
        if not self._over and self._begun and self._clock() >= max(self._until.values()):
            self._over = True
        return self._begun and not self._over
