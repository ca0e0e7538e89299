"""Adopting a store: before an owner runs a session, the right copy is put in place and marked as its own."""

import logging
import uuid
from enum import Enum
from pathlib import Path

from sessions_app.engine.store import StoreLock, database_path, prepare

from . import envelope, marker, sqlite_copy
from .data_keys import data_key, fence, owner_check
from .decide import Decision, Local, decide
from .errors import SnapshotDamaged
from .marker import Marker
from .models import SessionKey, SessionSnapshot
from .storage import snapshot_storage

logger = logging.getLogger(__name__)

LOCK_WAIT = 5.0
ASIDE = ".aside"


class Adopted(Enum):
    """What the session goes on with."""

    EMPTY = "empty"  # no store anywhere
    KEPT = "kept"  # the one that was here
    RESTORED = "restored"  # from a snapshot
    DISCARDED = "discarded"  # none: the one that was here belonged to credentials that were destroyed


def snapshot_restore(*, session_id: uuid.UUID, epoch: int, store: Path) -> Adopted:
    """Make `store` the newest copy that can be had and this epoch's own. Call it before each start under a new epoch.

    Repeating it is harmless. When it raises, the store is as it was and the session must not be started: `StaleOwner`,
    `SnapshotDamaged`, `MasterKeyError`, what the storage raises, or `EngineError` when a host still runs the store.
    """
    owner_check(session_id, epoch)
    prepare(store)
    lock = StoreLock(store)
    lock.acquire(wait=LOCK_WAIT)
    try:
        return _adopt(fence(session_id, epoch), epoch, store)
    finally:
        lock.release()


def _adopt(row: SessionKey, epoch: int, store: Path) -> Adopted:
    local = _local(store)
    rows = SessionSnapshot.objects.filter(session_id=row.session_id).order_by("-version")
    snapshots = list(rows) if row.sealed else []  # without a key: left over from a destruction that broke off
    if not snapshots:
        return _without_snapshot(row, epoch, store, local)
    for snapshot in snapshots:
        decision = decide(local, snapshot_epoch=snapshot.epoch, void_below=row.void_below)
        if decision is Decision.KEEP:
            return _keep(row, epoch, store)
        try:
            plain = snapshot_read(snapshot, data_key(row))
        except SnapshotDamaged as error:
            # A copy that is a little older costs some messages, none at all costs the account.
            logger.error("Session %s: snapshot %s is lost: %s", row.session_id, snapshot.version, error)
            continue
        _install(store, plain, aside=decision is Decision.RESTORE_ASIDE)
        marker.write(store, Marker(epoch=epoch, version=snapshot.version))
        logger.info("Session %s: restored from snapshot %s", row.session_id, snapshot.version)
        return Adopted.RESTORED
    raise SnapshotDamaged(f"No snapshot of session {row.session_id} can be read, and its store here is older.")


def _without_snapshot(row: SessionKey, epoch: int, store: Path, local: Local | None) -> Adopted:
    decision = decide(local, snapshot_epoch=None, void_below=row.void_below)
    if decision is Decision.KEEP:
        return _keep(row, epoch, store)
    if decision is Decision.DISCARD:
        _discard(database_path(store))
    marker.write(store, Marker(epoch=epoch))
    return Adopted.DISCARDED if decision is Decision.DISCARD else Adopted.EMPTY


def _keep(row: SessionKey, epoch: int, store: Path) -> Adopted:
    before = marker.read(store) or Marker(epoch=0)
    if before.epoch != epoch:
        marker.write(store, Marker(epoch=epoch, version=before.version))
    return Adopted.KEPT


def snapshot_read(snapshot: SessionSnapshot, key: bytes) -> bytes:
    """The plain copy in a snapshot's file."""
    try:
        with snapshot_storage().open(snapshot.name) as file:
            data = file.read()
    except FileNotFoundError:
        raise SnapshotDamaged("The file is not in the storage.") from None
    plain = envelope.open_(data, key=key, session_id=snapshot.session_id, version=snapshot.version)
    if found := sqlite_copy.problems(plain):
        raise SnapshotDamaged(f"The database in it is damaged: {found[0]}")
    return plain


def _local(store: Path) -> Local | None:
    path = database_path(store)
    if not path.exists() or not path.stat().st_size:
        return None
    found = marker.read(store)
    return Local(found.epoch if found else None)


def _install(store: Path, plain: bytes, *, aside: bool) -> None:
    path = database_path(store)
    if aside:
        logger.warning("Session %s: the store here has no marker; it is put aside for the snapshot", store.name)
        _put_aside(path)
    sqlite_copy.install(path, plain)


def _put_aside(path: Path) -> None:
    """Its journal goes along under the name that SQLite looks for."""
    other = path.with_name(path.name + ASIDE)
    _discard(other)
    for suffix in ("-wal", ""):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.replace(other.with_name(other.name + suffix))


def _discard(path: Path) -> None:
    sqlite_copy.remove_journals(path)
    path.unlink(missing_ok=True)
