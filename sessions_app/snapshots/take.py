"""Taking a snapshot of a live store."""

import logging
import uuid
from pathlib import Path

from django.core.files.base import ContentFile

from sessions_app.engine.store import database_path
from whatsapp_api.core.db import uuid7

from . import envelope, marker
from .data_keys import data_key, data_key_ensure, key_row, owner_check, record
from .errors import NotAdopted, SnapshotError
from .models import SessionKey, SessionSnapshot
from .sqlite_copy import Copy, copy
from .storage import snapshot_storage

logger = logging.getLogger(__name__)

KEEP = 2
ATTEMPTS = 3


def snapshot_take(*, session_id: uuid.UUID, epoch: int, store: Path) -> SessionSnapshot | None:
    """Record the store as it is now; None when it is as the newest snapshot says, or holds no account yet.

    The store must have been adopted by `snapshot_restore` under this very epoch. Raises `StaleOwner` when another
    worker owns the session by now: then nothing is recorded.
    """
    had_key = False
    for _ in range(ATTEMPTS):
        owner_check(session_id, epoch)
        _adopted_check(store, epoch)
        row = key_row(session_id)  # before the copy: whoever records in between makes ours the older one
        if had_key and not row.sealed:
            raise SnapshotError(f"The key of session {session_id} was destroyed meanwhile.")
        had_key = bool(row.sealed)
        copied = copy(database_path(store))
        if copied is None or not _is_new(row, copied):
            return None
        if snapshot := _record(row, copied, epoch):
            _prune(session_id)
            return snapshot
    raise SnapshotError(f"Session {session_id}: other snapshots kept coming first.")


def _adopted_check(store: Path, epoch: int) -> None:
    found = marker.read(store)
    if found is None or found.epoch != epoch:
        raise NotAdopted(f"{store.name}: the store was not restored under epoch {epoch}.")


def _is_new(row: SessionKey, copied: Copy) -> bool:
    newest = SessionSnapshot.objects.filter(session_id=row.session_id).order_by("-version").first()
    if newest is None or not row.sealed:
        return copied.has_account
    return newest.digest != envelope.digest(copied.data, key=data_key(row))


def _record(row: SessionKey, copied: Copy, epoch: int) -> SessionSnapshot | None:
    """Upload, then record; an upload that is not recorded is taken back."""
    key, version, snapshot_id = data_key_ensure(row), row.version + 1, uuid7()
    sealed = envelope.close(copied.data, key=key, session_id=row.session_id, version=version)
    storage = snapshot_storage()
    name = storage.save(f"{row.session_id}/{snapshot_id}.snapshot", ContentFile(sealed))
    snapshot = SessionSnapshot(
        id=snapshot_id,
        session_id=row.session_id,
        version=version,
        epoch=epoch,
        digest=envelope.digest(copied.data, key=key),
        size=len(sealed),
        name=name,
    )
    recorded = False
    try:
        recorded = record(row, snapshot)
    finally:
        if not recorded:
            storage.delete(name)
    return snapshot if recorded else None


def _prune(session_id: uuid.UUID) -> None:
    """Keep the newest few. A failure leaves a file too many, which the next one takes along."""
    rows = SessionSnapshot.objects.filter(session_id=session_id)
    for old in rows.order_by("-version")[KEEP:]:
        try:
            snapshot_storage().delete(old.name)
        except OSError as error:
            logger.warning("Session %s: an old snapshot stays: %s", session_id, error.strerror)
            return
        old.delete()
