"""Keeps processes running until a signal asks for the end, then ends them in order."""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from whatsapp_api.ops.process import Process

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10.0


class Supervisor:
    """One loop in the main thread; it sleeps until a child ends, a restart is due or a signal arrives."""

    def __init__(self, record: Path) -> None:
        self.processes: list[Process] = []
        self.stopping = False
        self._interrupts = 0
        self._record = record
        self._wake, wake_write = os.pipe()
        for end in (self._wake, wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            # `nohup` ignores SIGHUP for us; so it stays.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._request_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def start(self, *processes: Process) -> None:
        for process in processes:
            process.start()
            self.processes.append(process)
        self._write_record()

    def run(self, until: Callable[[], bool] = lambda: False, poll: float = 60.0) -> bool:
        """Restart what ends, until a stop is asked for (False) or the condition holds (True)."""
        while not self.stopping:
            if until():
                return True
            now = time.monotonic()
            changed = [process for process in self.processes if process.tick(now)]
            if changed:
                self._write_record()
            self._sleep(poll)
        return False

    def run_once(self, process: Process) -> bool:
        """Start a process that is meant to end; True when it ended well."""
        process.start()
        self.run(until=lambda: not process.running, poll=1.0)
        self._end([process])
        return process.child is not None and process.child.returncode == 0

    def stop(self, last: Process | None = None) -> None:
        """Everything together, then `last`: the others need it to put their things in order."""
        self._end([process for process in self.processes if process is not last])
        self._end([process for process in self.processes if process is last])
        self._record.unlink(missing_ok=True)

    def _end(self, processes: list[Process]) -> None:
        """SIGTERM and some grace, which a further Ctrl-C cuts short, then SIGKILL for what is left in the groups."""
        for process in processes:
            process.signal(signal.SIGTERM)
        interrupts = self._interrupts
        deadline = time.monotonic() + GRACE
        while any(p.running for p in processes) and time.monotonic() < deadline and self._interrupts == interrupts:
            self._sleep(0.2)
        for process in processes:
            process.finish()

    def _sleep(self, longest: float) -> None:
        dues = [due for process in self.processes if (due := process.due()) is not None]
        timeout = min([longest, *(max(0.0, due - time.monotonic()) for due in dues)])
        select.select([self._wake], [], [], timeout)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        self._interrupts += number == signal.SIGINT

    def _write_record(self) -> None:
        """Which process is which, for people and for tests; replaced whole, so that a reader never sees half of it."""
        content = {
            process.name: {"pid": process.pid, "create_time": process.create_time, "restarts": process.restarts}
            for process in self.processes
        }
        draft = self._record.with_suffix(".new")
        draft.write_text(json.dumps(content, indent=1))
        draft.replace(self._record)
