"""Putting a backup back, and making sure that nobody is connected or written to twice because of it."""

from dataclasses import dataclass

from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from messaging.models import Message, MessageState
from sessions_app.cluster.models import Node
from sessions_app.models import Desired, Session
from whatsapp_api.core.db import atomic

from . import databases, files
from .container import Damaged, Reader
from .create import DATABASE, Manifest, manifest_read, scratch, storage

IN_DOUBT = (MessageState.QUEUED, MessageState.SENDING)
DOUBT = "Restored from a backup: whether it was sent after the backup was made, nobody can know."


class CannotRestore(Exception):
    """Its text says why, and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`stopped`: sessions that wait for somebody to start them. `doubtful`: messages nobody sends by themselves."""

    manifest: Manifest
    rows: dict[str, int]
    files: int
    stopped: int
    doubtful: int


def backup_restore(backup_id: str, *, resume: bool) -> Restored:
    """Into an empty database. `resume`: the sessions start again, because the platform that was saved is gone."""
    manifest = manifest_read(backup_id)
    if manifest.engine != databases.engine():
        raise CannotRestore(f"This backup is of {manifest.engine}, DATABASE_URL names {databases.engine()}.")
    if not databases.is_empty():
        raise CannotRestore("The database is not empty: name a new one in DATABASE_URL or DATA_DIR.")
    with scratch() as folder, storage().open(f"{backup_id}/{DATABASE}") as sealed:
        rows = databases.restore(Reader(sealed, f"{backup_id}/{DATABASE}"), folder)
        if rows != manifest.rows:
            raise Damaged("The database holds other rows than the backup says.")
        count = files.restore_all(storage(), manifest.files, folder)
    call_command("migrate", interactive=False, verbosity=0)  # it may come from an older version
    stopped, doubtful = _make_safe(resume=resume)
    return Restored(manifest, rows, count, stopped, doubtful)


def backup_verify(backup_id: str) -> list[str]:
    """Read all of it as a restore would; what is wrong, in sentences."""
    manifest, wrong = manifest_read(backup_id), []
    with scratch() as folder, storage().open(f"{backup_id}/{DATABASE}") as sealed:
        try:
            rows = databases.check(Reader(sealed, f"{backup_id}/{DATABASE}"), folder, manifest.engine)
            if rows != manifest.rows:
                wrong.append("The database holds other rows than the backup says.")
        except Exception as error:  # noqa: BLE001 - every kind of damage is a finding
            wrong.append(f"The database cannot be read: {error}")
    wrong += [f"{entry.storage}: {entry.name}: {why}" for entry, why in files.check_all(storage(), manifest.files)]
    return wrong


def _make_safe(*, resume: bool) -> tuple[int, int]:
    """No owner, no lease and no message under way is left of the platform that was saved."""
    now = timezone.now()
    with atomic():
        doubt = {"state": MessageState.UNCONFIRMED, "error_code": "restored", "error_text": DOUBT, "claim": ""}
        doubtful = Message.objects.filter(state__in=IN_DOUBT).update(**doubt)
        Node.objects.filter(dead_at=None).update(buried_at=now, dead_at=now, cause="restored")
        Session.objects.update(owner="", epoch=F("epoch") + 1)
        started = Session.objects.filter(desired=Desired.STARTED)
        stopped = 0 if resume else started.update(desired=Desired.STOPPED)
    return stopped, doubtful
