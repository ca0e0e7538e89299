"""Processes that a test stops for a while, as a debugger would."""

import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WAL_WRITE_LOCK = 120
"""The byte of a `-shm` file that who writes has locked. https://www.sqlite.org/walformat.html#locks"""
FLOCK = "hhqqi0q"
"""`struct flock`: type, whence, start, length, process."""
# Reads until the test says that it is over. When the tests themselves are killed, nobody says so: a process that is
# stopped hears of no end of its parent, and would stay for ever.
GUARD = 'read -r over || kill -KILL "$1"'


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """SIGSTOP, and SIGCONT at the end, if it is still there."""
    guard = subprocess.Popen(["sh", "-c", GUARD, "guard", str(pid)], stdin=subprocess.PIPE, start_new_session=True)
    os.kill(pid, signal.SIGSTOP)
    try:
        _wait_stopped(pid)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        guard.communicate(b"over\n")


@contextlib.contextmanager
def frozen_when(suits: Callable[[], bool], *pids: int) -> Iterator[None]:
    """Stopped again and again, until that is at a moment that suits."""
    while True:
        with contextlib.ExitStack() as stack:
            for pid in pids:
                stack.enter_context(frozen(pid))
            if suits():
                yield
                return
        time.sleep(0.005)


def _wait_stopped(pid: int) -> None:
    """Each thread hears of the signal when it runs next; until then it goes on with what it does."""
    deadline = time.monotonic() + 60
    while not all(_is_stopped(thread) for thread in Path(f"/proc/{pid}/task").iterdir()):
        assert time.monotonic() < deadline, f"process {pid} does not stop"
        time.sleep(0.01)


def _is_stopped(thread: Path) -> bool:
    """Or gone. The state is the first word after the name, which may have any characters in it."""
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] in {"T", "t", "Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return True


def sqlite_writer(database: Path) -> int:
    """The process that has this database's lock for writing, 0 for none. Not for a file that our own process uses."""
    try:
        with database.with_name(f"{database.name}-shm").open("r+b") as file:
            asked = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, WAL_WRITE_LOCK, 1, 0)
            kind, _, _, _, holder = struct.unpack(FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return 0
    return 0 if kind == fcntl.F_UNLCK else int(holder)
