"""Ending what a runner left behind, known by a mark in its environment, and a guardian that does so at once."""

import contextlib
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

MARK = "PLATFORM_RUN"
GRACE = 5.0


def new_mark(data_dir: Path) -> str:
    """What every process of this run carries, children's children included, in its environment."""
    return f"{_owner(data_dir)}{uuid.uuid4().hex}"


def end_leftovers(data_dir: Path) -> int:
    """End all processes of former runs on this data directory, and count them; the caller holds its lock."""
    return _end(_marked(_owner(data_dir)))


@contextmanager
def guardian(mark: str) -> Iterator[None]:
    """While we live a small child waits; however we end, it ends the processes that carry the mark."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        _guard(read_end, mark)
    os.close(read_end)
    try:
        yield
    finally:
        os.close(write_end)
        os.waitpid(child, 0)


def _guard(read_end: int, mark: str) -> None:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _close_all_but(read_end)
        # Nobody writes: this returns when the last copy of the other end is closed, that is when the runner is gone.
        os.read(read_end, 1)
        _end(_marked(mark))
    finally:
        os._exit(0)


def _close_all_but(kept: int) -> None:
    """The lock and the terminal are the runner's alone."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for number in range(3, 256):
        if number != kept:
            with contextlib.suppress(OSError):
                os.close(number)


def _owner(data_dir: Path) -> str:
    return f"{data_dir}#"


def _marked(prefix: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK, "").startswith(prefix):
                found.append(process)
    ours = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in found if process.pid not in ours]


def _end(processes: list[psutil.Process]) -> int:
    """psutil compares start times before it signals, so a number that was given away again is never hit."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=GRACE)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=1)
    return len(processes)
