"""One process of the platform: started in a session of its own, read line by line, started again when it ends."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import psutil

FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
# A process that ran this long was well: its next failure counts as the first.
STABLE_AFTER = 30.0
# Time for the children of a process that died to notice and end by themselves.
ORPHAN_GRACE = 3.0


@dataclass
class Process:
    """`tick()` brings it on; only `finish` waits."""

    name: str
    argv: list[str]
    environment: Mapping[str, str]
    say: Callable[[str, str], None]
    restarts: int = 0
    create_time: float = 0.0
    child: "subprocess.Popen[bytes] | None" = None
    _started_at: float = 0.0
    _failures: int = 0
    _due: float = 0.0
    _reader: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child is not None and self.running else None

    def start(self) -> None:
        self._started_at = time.monotonic()
        self.child = subprocess.Popen(
            self.argv,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with contextlib.suppress(psutil.NoSuchProcess):
            self.create_time = psutil.Process(self.child.pid).create_time()
        self._reader = threading.Thread(target=self._read, args=(self.child.stdout,), daemon=True)
        self._reader.start()

    def tick(self, now: float) -> bool:
        """Notice an end, or start again when it is time; tells whether anything changed."""
        if self.child is not None:
            return self.child.poll() is not None and self._ended(self.child, now)
        if now < self._due:
            return False
        self.restarts += 1
        self.start()
        return True

    def due(self) -> float | None:
        """When `tick` wants to be called even though nothing happened."""
        return self._due if self.child is None else None

    def signal(self, number: int) -> None:
        """To the process alone: a Celery parent ends its children in order, if they are left to it."""
        if self.child is not None and self.running:
            self.child.send_signal(number)

    def finish(self) -> None:
        """End what is left of the group, collect the process, and let its last lines come through."""
        if self.child is not None:
            _kill_group(self.child.pid)
            self.child.wait()
        if self._reader is not None:
            self._reader.join(1)

    def outcome(self) -> str:
        code = self.child.poll() if self.child is not None else None
        if code is not None and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def _ended(self, child: "subprocess.Popen[bytes]", now: float) -> bool:
        self._failures = 0 if now - self._started_at > STABLE_AFTER else self._failures
        delay = restart_delay(self._failures)
        self.say("runner", f"{self.name} {self.outcome()}; starting it again in {delay:.1f} s")
        self._failures += 1
        self._due = now + delay
        self.child = None
        threading.Thread(target=end_orphans, args=(child.pid,), daemon=True).start()
        return True

    def _read(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self.say(self.name, line.decode(errors="replace"))


def restart_delay(failures: int) -> float:
    """0.2 s after the first failure, doubling up to 5 s; jittered, so that processes do not come back in step."""
    if failures == 0:
        return FIRST_DELAY
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311


def end_orphans(group: int) -> None:
    """End what a dead process left in its group; while a group has members, nobody else can get its number."""
    deadline = time.monotonic() + ORPHAN_GRACE
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.1)
    _kill_group(group)


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
