"""Store directories on this machine that no session speaks of, with the spools in them.

They are left by a session that moved to another machine and was deleted there, or by a crash. A platform that was
pointed at another database for a while would find all its accounts orphaned; so only what this very database knew
before counts, and that is noted in each store while its session exists.
"""

import hashlib
import logging
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from sessions_app.engine.errors import EngineError
from sessions_app.engine.store import LOCK, StoreLock
from sessions_app.models import Session

logger = logging.getLogger(__name__)

NOTE = "known-to"
MINIMUM_AGE = 3600.0  # younger ones may be about to be used


@dataclass(frozen=True, slots=True)
class Orphan:
    """`known`: this database had a session for it."""

    path: Path
    known: bool

    @property
    def name(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return f"remove store {self.path}" if self.known else f"keep store {self.path}: this database never knew it"


def stores_note() -> None:
    """Note in each store whose session exists that this database knows it."""
    mine = database_name()
    for path in _directories():
        note = path / NOTE
        if _exists(path) and not (note.exists() and note.read_text() == mine):
            note.touch(mode=0o600)
            note.write_text(mine)


def orphans(*, minimum_age: float = MINIMUM_AGE) -> Iterator[Orphan]:
    """Directories of sessions that there are not, old enough, and used by nobody."""
    mine = database_name()
    for path in _directories():
        if not _exists(path) and _age(path) > minimum_age and not _in_use(path):
            note = path / NOTE
            yield Orphan(path, known=note.exists() and note.read_text() == mine)


def orphan_remove(orphan: Orphan) -> bool:
    """Delete the directory while its lock is ours, if still no session speaks of it."""
    lock = StoreLock(orphan.path)
    try:
        lock.acquire()
    except (EngineError, FileNotFoundError):
        return False
    try:
        if _exists(orphan.path):
            return False
        shutil.rmtree(orphan.path)
    finally:
        lock.release()
    logger.warning("Clean-up: removed the store of session %s, which is no more", orphan.path.name)
    return True


def database_name() -> str:
    """Tells databases apart, and says nothing of how to reach them."""
    configured = settings.DATABASES["default"]
    place = urlsplit(str(configured.get("HOST") or "")).netloc.rpartition("@")[2]
    name = f"{connection.vendor} {place} {connection.settings_dict['NAME']}"
    return hashlib.sha256(name.encode()).hexdigest()


def _directories() -> Iterator[Path]:
    """Real directories below SESSIONS_DIR that bear a session's id."""
    root = Path(settings.SESSIONS_DIR)
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.is_dir() and not path.is_symlink() and _is_id(path.name):
            yield path


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _exists(path: Path) -> bool:
    return Session.objects.filter(pk=uuid.UUID(path.name)).exists()


def _age(path: Path) -> float:
    """Seconds since anything in it changed."""
    try:
        return time.time() - max(each.lstat().st_mtime for each in (path, *path.rglob("*")))
    except FileNotFoundError:  # it is changing right now
        return 0.0


def _in_use(path: Path) -> bool:
    if not (path / LOCK).exists():
        return False
    lock = StoreLock(path)
    try:
        lock.acquire()
    except EngineError:
        return True
    lock.release()
    return False
