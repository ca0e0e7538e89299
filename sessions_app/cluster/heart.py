"""A thread that beats at one witness, again and again, and is not held up by the other."""

import logging
import threading
from collections.abc import Callable

from django.db import connection

from whatsapp_api.core.clock import steady

from .lease import Lease, Witness

logger = logging.getLogger(__name__)

JOIN = 1.0


class Heart:
    """`beat(number)` tells the witness and returns False when we are buried; `after` follows each beat that was taken.

    Neither may take longer than the interval. An exception means that the witness is away.
    """

    def __init__(
        self,
        witness: Witness,
        lease: Lease,
        *,
        interval: float,
        beat: Callable[[int], bool],
        after: Callable[[], None],
        clock: Callable[[], float] = steady,
    ) -> None:
        self._witness = witness
        self._lease = lease
        self._interval = interval
        self._beat = beat
        self._after = after
        self._clock = clock
        self._number = 1  # the first was the registration
        self._away = False
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lease-{witness.value}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Beat no more. Returns soon, also when the witness hangs."""
        self._stop.set()
        self._hurry.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN)

    def hurry(self) -> None:
        """Beat and look now: something happened."""
        self._hurry.set()

    def once(self) -> bool:
        """One beat; False when there is nothing more to beat for."""
        self._number += 1
        sent = self._clock()
        if not self._beat(self._number):
            logger.error("Lease: this worker was declared dead (%s)", self._witness.value)
            self._lease.end()
            return False
        if not self._lease.extend(self._witness, sent):
            return False
        self._after()
        return True

    def _run(self) -> None:
        try:
            self._beat_on()
        finally:
            connection.close()

    def _beat_on(self) -> None:
        while not self._stop.is_set():
            try:
                if not self.once():
                    return
                self._say_back()
            except Exception as error:  # noqa: BLE001 - whatever it is, the lease runs out if it lasts
                self._say_away(error)
            self._hurry.wait(self._interval)
            self._hurry.clear()

    def _say_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            logger.warning("Lease: no answer from %s: %s", self._witness.value, type(error).__name__)

    def _say_back(self) -> None:
        if self._away:
            self._away = False
            logger.info("Lease: %s answers again", self._witness.value)
