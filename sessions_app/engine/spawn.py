"""Starting a host process and keeping what it says on stderr."""

import collections
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from .wire import Channel

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
STDERR_LINES = 60
LINE_LENGTH = 500


class StderrTail:
    """The last lines a host wrote: all there is to explain a crash of native code."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._lines: collections.deque[str] = collections.deque(maxlen=STDERR_LINES)
        self._stream = stream
        self._name = name
        self._thread = threading.Thread(target=self._read, name=f"{name}-stderr", daemon=True)
        self._thread.start()

    def lines(self, *, wait: float = 0.0) -> list[str]:
        """What is left of it; `wait` lets the reader reach the end after the process has died."""
        self._thread.join(wait)
        return list(self._lines)

    def _read(self) -> None:
        traced = False
        with self._stream:
            for raw in self._stream:
                line = raw.decode(errors="replace").rstrip()[:LINE_LENGTH]
                log.debug("%s: %s", self._name, line)
                # A Go trace begins with the reason and goes on for pages: keep its beginning, not its end.
                if not traced and _is_trace(line):
                    traced = True
                    self._lines.clear()
                if not traced or len(self._lines) < STDERR_LINES:
                    self._lines.append(line)


def _is_trace(line: str) -> bool:
    return line.startswith(("fatal error:", "panic:", "SIGABRT", "SIGSEGV", "unexpected fault"))


def spawn(
    provider: str, environment: Mapping[str, str], *, inherit: Sequence[int] = ()
) -> tuple[subprocess.Popen[bytes], Channel, StderrTail]:
    """Start a host. It inherits one end of a socketpair and `inherit`, and nothing else, not even our environment."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "sessions_app.engine.host", "--fd", str(theirs.fileno()), "--provider", provider],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the Go library prints there
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno(), *inherit],
            env=dict(environment),
            cwd=ROOT,
            start_new_session=True,  # Ctrl+C in a terminal is for the worker, which stops us in order
        )
    if process.stderr is None:
        raise RuntimeError("no pipe for stderr")
    return process, Channel(ours), StderrTail(process.stderr, f"host-{process.pid}")


def base_environment() -> dict[str, str]:
    """What any host needs from our environment: no secret of the platform is among it."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return {**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
