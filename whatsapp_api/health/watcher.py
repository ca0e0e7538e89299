"""Looks at parts without ever waiting for one that hangs: each has a thread of its own and a last answer."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import close_old_connections

from whatsapp_api.core.health import Finding, Health, Part, degraded, failing, ok

FRESH_SECONDS = 1.0
"""An answer this young is not asked for again, however many ask."""
PATIENCE_SECONDS = 2.0
"""A look that takes longer means that the part hangs."""
BEGINNING_SECONDS = 20.0
"""So long after our own start, what starts beside us need not be there yet; what was there is missed at once."""
BORN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Reading:
    """`latency`: seconds of the last look. `at`: when it ended, on the monotonic clock."""

    finding: Finding
    latency: float
    at: float


class Watcher:
    """One part. Its thread starts with the first question and ends with the process."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._condition = threading.Condition()
        self._asked_at: float | None = None  # a look is under way since then
        self._last: Reading | None = None
        self._thread: threading.Thread | None = None
        self._expected = not part.begins  # or it was seen well once

    def ask(self) -> None:
        """Start a look, unless one is under way or the last answer is fresh."""
        with self._condition:
            now = time.monotonic()
            if self._asked_at is not None or (self._last and now - self._last.at < FRESH_SECONDS):
                return
            self._asked_at = now
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"health-{self.part.name}", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def answer(self, deadline: float) -> Reading:
        """The answer to `ask`, or, at the deadline (monotonic), that there is none."""
        with self._condition:
            while self._asked_at is not None and (left := deadline - time.monotonic()) > 0:
                self._condition.wait(left)
            now = time.monotonic()
            if self._asked_at is not None:
                return self._unanswered(now, now - self._asked_at)
            assert self._last is not None
            return self._last

    def _unanswered(self, now: float, waited: float) -> Reading:
        """A busy machine is not a broken part: what was so a moment ago still counts, for a while."""
        if waited >= PATIENCE_SECONDS:
            return Reading(failing(f"It has not answered for {waited:.1f} s."), waited, now)
        return self._last or Reading(degraded("It is being looked at for the first time."), waited, now)

    def _run(self) -> None:
        while True:
            with self._condition:
                while self._asked_at is None:
                    self._condition.wait()
            reading = self._look()
            with self._condition:
                self._last, self._asked_at = reading, None
                self._condition.notify_all()

    def _look(self) -> Reading:
        began = time.monotonic()
        try:
            close_old_connections()
            finding = self.part.check()
            close_old_connections()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is the finding
            finding = failing(f"{type(error).__name__}: it cannot be reached or does not work.")
        now = time.monotonic()
        return Reading(self._forgiven(finding, now), now - began, now)

    def _forgiven(self, finding: Finding, now: float) -> Finding:
        """What is missing while the platform starts is not missing: it is on its way."""
        self._expected = self._expected or finding.health is Health.OK or now - BORN > BEGINNING_SECONDS
        if self._expected or finding.health is Health.FAILING:
            return finding
        return ok(**finding.detail, starting=True)


def weigh(part: Part, health: Health) -> Health:
    """What a part's health means for the whole."""
    return health if part.vital else min(health, Health.DEGRADED)


def look(watchers: Iterable[Watcher], within: float) -> dict[str, Reading]:
    """The state of all parts after at most `within` seconds."""
    asked = list(watchers)
    for watcher in asked:
        watcher.ask()
    deadline = time.monotonic() + within
    return {watcher.part.name: watcher.answer(deadline) for watcher in asked}
