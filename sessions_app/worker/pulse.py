"""What a worker says to its parent through a pipe: the nodes that it becomes and, every second, that it lives.

A worker that is frozen (SIGSTOP, a debugger) or hangs as a whole has lost its lease after a while, but not what it had
locked: with SQLite nobody else could write for as long as it is there. So its parent ends it then. Imports little, as
the parent has it all the time.
"""

import contextlib
import os
import threading
import time
from dataclasses import dataclass

PIPE_FD = "SESSION_NODES_FD"
"""Names the end of the pipe that is the worker's."""
EVERY = 1.0
"""Seconds between two signs of life, and between two looks."""


@dataclass(frozen=True, slots=True)
class Told:
    """A node that the worker became."""

    life_file: str
    redis_url: str
    lease: float
    """Seconds without a sign of life after which others may have its sessions."""


# -- the worker ---------------------------------------------------------------------------------------
def tell(told: Told) -> None:
    """Name the node that this process is from now on."""
    _say(f"{told.life_file}\t{told.redis_url}\t{told.lease}\n".encode())


def pulse_start() -> None:
    """Show from now on that this process lives; once."""
    threading.Thread(target=_beat, name="pulse", daemon=True).start()


def _beat() -> None:
    while _say(b"\n"):
        time.sleep(EVERY)


def _say(data: bytes) -> bool:
    """False when nobody listens: there is no parent, or it is gone, and we are about to be told to stop."""
    try:
        os.write(int(os.environ[PIPE_FD]), data)
    except (KeyError, OSError):
        return False
    return True


# -- the parent ---------------------------------------------------------------------------------------
class Pulse:
    """Reads the parent's end, which does not block."""

    def __init__(self, fd: int) -> None:
        self.nodes: list[Told] = []
        self.silent = 0.0
        self._fd = fd
        self._rest = b""

    def look(self) -> bool:
        """Every `EVERY` seconds: did it live in the last ones? Not by a clock: it goes on while we are frozen too."""
        self.silent = 0.0 if self.read() else self.silent + EVERY
        return not self.nodes or self.silent <= self.nodes[-1].lease

    def read(self) -> bool:
        """Is there anything new?"""
        data = _read_all(self._fd)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.nodes += [_told(line.decode(errors="replace")) for line in lines if line]
        return bool(data)


def _told(line: str) -> Told:
    life_file, redis_url, lease = line.split("\t")
    return Told(life_file, redis_url, float(lease))


def _read_all(fd: int) -> bytes:
    data = b""
    with contextlib.suppress(BlockingIOError):
        while part := os.read(fd, 4096):
            data += part
    return data
