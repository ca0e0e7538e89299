"""A file that is locked while a worker or one of its hosts lives: proof of death for others on the same machine.

The kernel frees the lock with the last process that holds it. So a worker that is started again on this machine need
not wait for the lease of its predecessor. Hosts inherit the descriptor: while one lingers, the node counts as alive.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path

from whatsapp_api.core.paths import private_dir

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
POLL = 0.02


class LifeFile:
    """The lock of one node in `folder`, which is on this machine's own disk or in its memory."""

    def __init__(self, folder: Path, node: str) -> None:
        self._path = folder / node
        self._fd: int | None = None

    def hold(self) -> int | None:
        """Lock it, before the node is known to anybody; the descriptor is for hosts to inherit."""
        boot = boot_id()
        if not boot:
            return None
        private_dir(self._path.parent)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.pwrite(fd, boot.encode(), 0)
        self._fd = fd
        return fd

    def drop(self) -> None:
        """We run nothing any more. Closing would not do while a host still has the descriptor, and that is right."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def gone(self, *, wait: float = 0.0) -> bool:
        """Is it certain that no process of the node is left? Without the file, or from another machine, it never is."""
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            # A folder that machines share: their locks may not know of each other.
            return os.pread(fd, 64, 0).decode() == boot_id() != "" and _free(fd, wait)
        finally:
            os.close(fd)

    def remove(self) -> None:
        """Its death is recorded."""
        with contextlib.suppress(OSError):
            self._path.unlink()


def life_files_prune(folder: Path, *, keep: Iterable[str]) -> None:
    """Remove what nodes of long ago left, that nobody asks about any more."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in keep:
            with contextlib.suppress(OSError):
                _remove_if_free(path)


def _remove_if_free(path: Path) -> None:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if _free(fd, 0.0):
            path.unlink()
    finally:
        os.close(fd)


def boot_id() -> str:
    """Names this run of this machine's kernel; empty where there is no such thing."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _free(fd: int, wait: float) -> bool:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL)
        else:
            return True
