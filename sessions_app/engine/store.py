"""A session's private directory: who may use it, and whether it holds an account. No neonize here."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import EngineError

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "neonize.db"
LOCK = "lock"


def database_path(store: str | Path) -> Path:
    """The SQLite file with the account's credentials (and its `-wal` and `-shm` beside it)."""
    return Path(store) / DATABASE


def prepare(store: str | Path) -> Path:
    """Create the directory if need be, closed to everybody else."""
    path = Path(store)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def paired_jid(store: str | Path, *, opened_before: bool = False) -> str:
    """JID of the account that the store holds, or empty.

    Asked before every connect: on an emptied store neonize would silently begin a new pairing. Say
    `opened_before` when the Go library of this process has opened this store already, as it never closes one:
    were we to open and close the file beside it, the kernel would drop the locks that protect the database
    (POSIX locks belong to the process, and the library brings an SQLite of its own).
    """
    if not opened_before:
        return _read_jid(database_path(store))
    command = [sys.executable, "-m", "sessions_app.engine.store", str(store)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True, cwd=ROOT)  # noqa: S603
    return answer.stdout


def _read_jid(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            row = database.execute("SELECT jid FROM whatsmeow_device LIMIT 1").fetchone()
    except sqlite3.OperationalError:  # no such table: the library never got to set it up
        return ""
    return str(row[0]) if row else ""


class StoreLock:
    """An flock on the directory: two processes on one store would break its encryption for good.

    The kernel frees it with the process, so a crash leaves nothing to clean up.
    """

    def __init__(self, store: str | Path) -> None:
        self._path = Path(store) / LOCK
        self._fd: int | None = None

    def acquire(self, *, wait: float = 0.0) -> None:
        """Take the lock, waiting so long for a predecessor that is on its way out; EngineError if it stays."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait
        while not _try_lock(fd):
            if time.monotonic() >= deadline:
                os.close(fd)
                raise EngineError("another process runs this session's store", code="store_in_use")
            time.sleep(0.02)
        self._fd = fd

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(paired_jid(sys.argv[1]))
