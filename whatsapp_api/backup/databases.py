"""The database as one stream, whichever it is; `connection` is Django's own."""

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import IO, Any, cast

from django.db import connection

from . import mongo_archive
from .mongo_archive import Source, Target

CHUNK = 1 << 20


def engine() -> str:
    """`sqlite` or `mongodb`: a backup goes back only into what it came from."""
    return connection.vendor


def dump(target: Target, folder: Path) -> dict[str, int]:
    """Write a consistent copy; answers what it holds, by table. `folder`: for a draft, if one is needed."""
    connection.ensure_connection()
    if engine() == "mongodb":
        database = cast("Any", connection).database
        return mongo_archive.dump(database.client, database.name, target)
    return _dump_sqlite(target, folder)


def restore(source: Source, folder: Path) -> dict[str, int]:
    """Fill the configured database, which must be empty."""
    connection.ensure_connection()
    if engine() == "mongodb":
        return mongo_archive.restore(cast("Any", connection).database, source)
    return _restore_sqlite(source, folder)


def is_empty() -> bool:
    """No table or collection at all."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def check(source: Source, folder: Path, kind: str) -> dict[str, int]:
    """Read a dump to its end as a restore would, without a database of ours."""
    if kind == "mongodb":
        counts = {name: 0 for name, _, _ in mongo_archive.read_head(source)}
        for name, batch in mongo_archive.batches(source):
            counts[name] = counts.get(name, 0) + len(batch)
        return counts
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".sqlite3") as draft:
        _copy(source, draft)
        return _sqlite_counts(draft.name, thorough=True)


# ---- SQLite ---------------------------------------------------------------------------------------
def _dump_sqlite(target: Target, folder: Path) -> dict[str, int]:
    # From Django's own connection, and into a file that nobody else knows: opening the live file a second time
    # in one process and closing it again would drop that process's locks on it.
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".sqlite3") as draft:
        copy = sqlite3.connect(draft.name)
        try:
            connection.connection.backup(copy)
        finally:
            copy.close()
        with Path(draft.name).open("rb") as plain:
            while chunk := plain.read(CHUNK):
                target.write(chunk)
        return _sqlite_counts(draft.name, thorough=False)


def _restore_sqlite(source: Source, folder: Path) -> dict[str, int]:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".sqlite3") as draft:
        _copy(source, draft)
        counts = _sqlite_counts(draft.name, thorough=True)
        copy = sqlite3.connect(draft.name)
        try:
            copy.backup(connection.connection)
        finally:
            copy.close()
    return counts


def _copy(source: Source, draft: IO[bytes]) -> None:
    while chunk := source.read(CHUNK):
        draft.write(chunk)
    draft.flush()
    os.fsync(draft.fileno())


def _sqlite_counts(path: str, *, thorough: bool) -> dict[str, int]:
    copy = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        if thorough and copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise mongo_archive.ArchiveDamaged("The copy of the database is damaged.")
        tables = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        shadows = ("sqlite_",)
        plain = [name for name in tables if not name.startswith(shadows)]
        return {name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in plain}  # noqa: S608
    finally:
        copy.close()
