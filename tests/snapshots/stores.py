"""SQLite stores shaped like neonize's, kept open as a running host keeps them."""

import os
import sqlite3
from pathlib import Path

from sessions_app.engine.store import database_path, prepare

TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS whatsmeow_device (jid TEXT PRIMARY KEY, noise_key BLOB, identity_key BLOB);
CREATE TABLE IF NOT EXISTS whatsmeow_pre_keys (key_id INTEGER PRIMARY KEY, key BLOB);
CREATE TABLE IF NOT EXISTS history (step INTEGER PRIMARY KEY, word TEXT);
"""


class LiveStore:
    """A store and the connection of whoever runs it."""

    def __init__(self, store: Path, *, paired: bool = True) -> None:
        prepare(store)
        self.store = store
        self.database = sqlite3.connect(database_path(store), check_same_thread=False)
        self.database.executescript(TABLES)
        if paired and not self.noise_key():
            self.pair()

    def pair(self) -> None:
        keys = (os.urandom(32), os.urandom(32))
        self.database.execute("INSERT INTO whatsmeow_device VALUES ('34600000001:1@s.whatsapp.net', ?, ?)", keys)
        self.database.executemany(
            "INSERT INTO whatsmeow_pre_keys(key) VALUES (?)", [(os.urandom(32),) for _ in range(100)]
        )
        self.database.commit()

    def write(self, word: str = "x") -> None:
        self.database.execute("INSERT INTO history(word) VALUES (?)", (word,))
        self.database.commit()

    def noise_key(self) -> bytes:
        row = self.database.execute("SELECT noise_key FROM whatsmeow_device").fetchone()
        return row[0] if row else b""

    def close(self) -> None:
        self.database.close()

    def crash(self) -> None:
        """Leave the files as a killed host does: its last writes are in the journal only."""
        path = database_path(self.store)
        left = {each: each.read_bytes() for each in (path, path.with_name(path.name + "-wal"))}
        self.close()
        for each, content in left.items():
            each.write_bytes(content)


def history(store: Path) -> list[str]:
    """What was written to the store, in order; nothing when there is none."""
    path = database_path(store)
    if not path.exists():
        return []
    database = sqlite3.connect(path)
    try:
        return [row[0] for row in database.execute("SELECT word FROM history ORDER BY step")]
    finally:
        database.close()


def contains_any(folder: Path, needles: list[bytes]) -> list[Path]:
    """Files below `folder` that hold one of these."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes() for needle in needles)]
