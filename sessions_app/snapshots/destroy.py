"""Ending snapshots for good, and clearing away files that no row speaks of."""

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from sessions_app.models import Session

from .data_keys import shred
from .errors import StaleOwner
from .models import SessionSnapshot
from .storage import snapshot_storage

logger = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(hours=1)  # younger ones may be on their way to being recorded


def snapshots_destroy(*, session_id: uuid.UUID, epoch: int) -> int:
    """Wipe the session's key, then its files, then their rows; the number of snapshots that are gone.

    Remove the live store first: a store that is still there could be recorded anew. Repeating it finishes what broke
    off. The key goes first because without it no file can be read, wherever copies of it lie.
    """
    if not Session.objects.filter(pk=session_id, epoch=epoch).exists() or not shred(session_id, epoch):
        raise StaleOwner(f"Epoch {epoch} does not own session {session_id} any more.")
    storage = snapshot_storage()
    snapshots = list(SessionSnapshot.objects.filter(session_id=session_id))
    for snapshot in snapshots:
        storage.delete(snapshot.name)
        snapshot.delete()
    _remove_folder(session_id)
    return len(snapshots)


def orphans() -> Iterator[str]:
    """Names of files that no row speaks of: left by a crash, or by a session deleted past us."""
    storage = snapshot_storage()
    before = timezone.now() - ORPHAN_AGE
    for folder in _folders():
        known = set(_names(folder))
        for file in storage.listdir(folder)[1]:
            name = f"{folder}/{file}"
            if name not in known and storage.get_modified_time(name) < before:
                yield name


def orphans_remove() -> int:
    """Delete them; how many there were."""
    names = list(orphans())
    for name in names:
        snapshot_storage().delete(name)
    return len(names)


def _folders() -> list[str]:
    try:
        return snapshot_storage().listdir("")[0]
    except FileNotFoundError:  # nothing was ever stored
        return []


def _names(folder: str) -> list[str]:
    try:
        rows = SessionSnapshot.objects.filter(session_id=uuid.UUID(folder))
    except ValueError:
        return []
    return list(rows.values_list("name", flat=True))


def _remove_folder(session_id: uuid.UUID) -> None:
    try:
        snapshot_storage().delete(str(session_id))
    except OSError:  # not empty: a file is being uploaded that will not be recorded
        logger.info("Session %s: its snapshot folder stays for the next clean-up", session_id)
