"""A receiver that is down: one attempt now and then, until one works."""

import asyncio
import contextlib
import time

from messaging.webhooks.plan import RETRY_AFTER_MOST, TRIP_AFTER, rest


class Circuit:
    """Of one endpoint. `failures` in a row open it; a probe that works closes it."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures = failures
        self.until = 0.0  # wall clock
        self._trips = max(0, failures - TRIP_AFTER)
        self._probing = False
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self.failures >= TRIP_AFTER

    async def enter(self) -> bool:
        """Wait until an attempt may begin; True when it is a probe, which does not count against the delivery."""
        while self.is_open or self.until > time.time():
            left = self.until - time.time()
            if left <= 0 and not self._probing:
                self._probing = True
                return True
            await self._wait(left if left > 0 and not self._probing else None)
        return False

    async def closed(self) -> None:
        """Wait until the receiver is up: what is not read yet stays in the log meanwhile."""
        while self.is_open:
            await self._wait(None)

    def succeeded(self) -> None:
        self.failures, self._trips, self.until, self._probing = 0, 0, 0.0, False
        self._wake()

    def failed(self, *, probe: bool, retry_after: float = 0.0) -> None:
        """`retry_after`: the receiver itself asked for a rest."""
        self.failures += 1
        if probe:
            self._probing = False
            self._trips += 1
        if self.is_open:
            self.until = max(self.until, time.time() + rest(self._trips))
        if retry_after:
            self.until = max(self.until, time.time() + min(retry_after, RETRY_AFTER_MOST))
        self._wake()

    def rest(self) -> None:
        """No attempt for as long as a rest may be."""
        self.until = time.time() + RETRY_AFTER_MOST

    def gave_up(self, *, probe: bool) -> None:
        """The attempt ended without a result, such as by being cancelled."""
        if probe:
            self._probing = False
            self._wake()

    async def _wait(self, seconds: float | None) -> None:
        changed = self._changed
        with contextlib.suppress(TimeoutError):  # not wait_for, which may swallow a cancellation (Python 3.11)
            async with asyncio.timeout(seconds):
                await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
