"""Keeps the sandbox's state: small blobs by scope and key, written to SQLite shortly after each change."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FLUSH_EVERY = 0.02
"""At least this long between two writes; the first change after a pause is written at once."""
DATABASE = "sandbox.sqlite3"
SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
CREATE TABLE IF NOT EXISTS blobs (
    scope TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (scope, key)
) WITHOUT ROWID;
"""


class Storage:
    """Changes are collected and written together; without a folder they stay in memory.

    A killed process loses at most the last few milliseconds: what is committed to the write-ahead log survives it.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._changes: dict[tuple[str, str], bytes | None] = {}
        self._collectors: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._flushed = 0.0
        self._database = _open(folder) if folder else None

    def on_flush(self, collect: Callable[[], None]) -> None:
        """Call this before each write, so that it can put() what it has not yet turned into blobs."""
        self._collectors.append(collect)

    def put(self, scope: str, key: str, value: bytes | None) -> None:
        """Set a blob, or delete it with None."""
        if self._database is not None:
            self._changes[scope, key] = value
            self.touch()

    def drop(self, scope: str) -> None:
        """Delete a whole scope, now."""
        for change in [change for change in self._changes if change[0] == scope]:
            del self._changes[change]
        if self._database is not None:
            self._database.execute("DELETE FROM blobs WHERE scope = ?", (scope,))

    def scan(self, scope: str) -> Iterator[tuple[str, bytes]]:
        """All stored blobs of a scope, ordered by key."""
        if self._database is None:
            return iter(())
        query = "SELECT key, value FROM blobs WHERE scope = ? ORDER BY key"
        return iter(self._database.execute(query, (scope,)).fetchall())

    def touch(self) -> None:
        """Something changed: write soon."""
        if self._database is None or self._timer is not None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop yet: start-up, which flushes at its end
            return
        self._timer = loop.call_at(max(loop.time(), self._flushed + FLUSH_EVERY), self.flush)

    def flush_if_changed(self) -> None:
        """Write now what would be written soon."""
        if self._timer is not None:
            self.flush()

    def flush(self) -> None:
        """Write everything now."""
        self._cancel_timer()
        if self._database is None:
            return
        for collect in self._collectors:
            collect()
        self._cancel_timer()
        changes, self._changes = self._changes, {}
        self._write(self._database, changes)
        self._flushed = time.monotonic()

    @staticmethod
    def _write(database: sqlite3.Connection, changes: dict[tuple[str, str], bytes | None]) -> None:
        kept = [(scope, key, value) for (scope, key), value in changes.items() if value is not None]
        gone = [change for change, value in changes.items() if value is None]
        database.execute("BEGIN")
        database.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", kept)
        database.executemany("DELETE FROM blobs WHERE scope = ? AND key = ?", gone)
        database.execute("COMMIT")

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Write the rest and close the file."""
        self.flush()
        if self._database is not None:
            self._database.close()
            self._database = None


def _open(folder: Path) -> sqlite3.Connection:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / DATABASE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its -wal and -shm files the same mode
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(SCHEMA)
    return database
