"""Which backups go, and what no backup speaks of any more."""

from datetime import datetime, timedelta

from django.core.files.storage import Storage
from django.utils import timezone

from . import files
from .create import DATABASE, MANIFEST, backups, manifest_read, storage


def last_at() -> datetime | None:
    """When the newest complete backup was begun."""
    known = backups()
    return datetime.strptime(known[-1], "%Y%m%dT%H%M%S%fZ").astimezone() if known else None


def is_due(hours: int) -> bool:
    last = last_at()
    return hours > 0 and (last is None or timezone.now() - last >= timedelta(hours=hours))


def prune(keep: int) -> list[str]:
    """Remove all but the newest `keep`, and the files that only those held; answers their ids."""
    known = backups()
    gone, kept = known[:-keep], known[-keep:]
    if not gone:
        return []
    # Read before anything goes: with a manifest that cannot be read, nobody knows which files are still needed.
    needed = {entry.blob for backup_id in kept for entry in manifest_read(backup_id).files}
    target = storage()
    for backup_id in gone:
        for name in (MANIFEST, DATABASE):  # the manifest first: what is left of it is no backup
            target.delete(f"{backup_id}/{name}")
        _remove_folder(target, backup_id)
    for blob in files.walk(target, "files"):
        if blob not in needed:
            target.delete(blob)
    return gone


def _remove_folder(target: Storage, name: str) -> None:
    try:
        target.delete(name)
    except OSError:  # not empty, or a storage without folders
        pass
