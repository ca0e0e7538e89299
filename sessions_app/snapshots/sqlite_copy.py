"""Consistent copies of a live SQLite store, in memory only: no clear copy ever lies in a file."""

import contextlib
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

WAL_MARK = slice(18, 20)  # file header: which version writes and reads; 1 is the rollback journal, 2 the WAL
ROLLBACK = b"\x01\x01"
SETTLED_NS = 50_000_000  # a file's time is no finer than a clock tick: a write right after may not show

Signature = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Copy:
    """The bytes of a database, and whether it holds an account."""

    data: bytes
    has_account: bool


def copy(path: Path) -> Copy | None:
    """What the store holds now, while its host goes on writing; None when there is no store.

    Never `open()` the file instead: on closing it the kernel would drop this process's SQLite locks on it.
    """
    if not path.exists():
        return None
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as source,
        closing(sqlite3.connect(":memory:")) as memory,
    ):
        source.backup(memory)
        return Copy(_plain_journal(memory.serialize()), _has_account(memory))


def problems(data: bytes) -> list[str]:
    """What SQLite's integrity check finds in a copy; nothing when it is sound."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.deserialize(data)
            memory.execute("PRAGMA temp_store=MEMORY")
            answers = [str(row[0]) for row in memory.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return [] if answers == ["ok"] else answers


def signature(path: Path) -> Signature | None:
    """Changes with every write to the store, and costs two `stat`s. None: just written, or not there, look again."""
    found: list[tuple[int, int, int]] = []
    for each in (path, path.with_name(path.name + "-wal")):
        with contextlib.suppress(FileNotFoundError):
            stat = each.stat()
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    newest = max((mtime for _, _, mtime in found), default=0)
    return tuple(found) if found and time.time_ns() - newest > SETTLED_NS else None


def install(path: Path, data: bytes) -> None:
    """Put a copy in a dead store's place.

    The old journal goes first: next to another database it would be replayed into it. Whoever dies in between
    leaves the old store, and its marker, so that the next owner does the same again.
    """
    draft = path.with_name(path.name + ".draft")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    remove_journals(path)
    draft.replace(path)


def remove_journals(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _plain_journal(data: bytes) -> bytes:
    """A copy in memory cannot be opened as a WAL database; whoever opens the restored file chooses the journal anew."""
    copied = bytearray(data)
    copied[WAL_MARK] = ROLLBACK
    return bytes(copied)


def _has_account(database: sqlite3.Connection) -> bool:
    try:
        return database.execute("SELECT 1 FROM whatsmeow_device LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError:  # no such table: the library never got to set it up
        return False
