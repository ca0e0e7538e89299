"""Making a backup: the database at one moment, then the files that it speaks of."""

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils import timezone

from whatsapp_api import __version__

from . import databases, files
from .container import Damaged, Reader, Writer

logger = logging.getLogger(__name__)

ALIAS = "backups"
MANIFEST = "manifest.enc"
DATABASE = "database.enc"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `made_at`: ISO 8601. `rows`: by table. It is written last: without it there is no backup."""

    id: str
    made_at: str
    version: str
    engine: str
    rows: dict[str, int]
    files: list[files.Entry]

    @property
    def file_bytes(self) -> int:
        return sum(entry.size for entry in self.files)


def storage() -> Storage:
    """STORAGES["backups"]."""
    return storages[ALIAS]


def backup_create() -> Manifest:
    """Takes as long as the data are large, and little memory. What fails leaves the backups before it as they were."""
    target, now = storage(), timezone.now()
    backup_id = now.strftime("%Y%m%dT%H%M%S%fZ")
    with scratch() as folder:
        rows = _save_database(target, backup_id, folder)
        entries = list(files.save_all(target, _known(), folder))
        manifest = Manifest(backup_id, now.isoformat(), __version__, databases.engine(), rows, entries)
        _save_manifest(target, manifest, folder)
    logger.info("Backup %s: %d rows, %d files", backup_id, sum(rows.values()), len(entries))
    return manifest


def backups() -> list[str]:
    """Ids of the complete ones, oldest first."""
    try:
        folders, _ = storage().listdir("")
    except FileNotFoundError:
        return []
    return sorted(name for name in folders if name != "files" and storage().exists(f"{name}/{MANIFEST}"))


def manifest_read(backup_id: str) -> Manifest:
    """Raises `Damaged`, also when there is no such backup."""
    name = f"{backup_id}/{MANIFEST}"
    if not storage().exists(name):
        raise Damaged(f"There is no complete backup {backup_id}.")
    with storage().open(name) as sealed:
        read: dict[str, Any] = json.loads(Reader(sealed, name).read())
    return Manifest(**{**read, "files": [files.Entry(**entry) for entry in read["files"]]})


@contextmanager
def scratch() -> Iterator[Path]:
    """A private place for drafts, on the disk of the data: they can be as large as the database."""
    place = Path(settings.DATA_DIR)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=place) as folder:
        os.chmod(folder, 0o700)  # noqa: PTH101
        yield Path(folder)


def _save_database(target: Storage, backup_id: str, folder: Path) -> dict[str, int]:
    name = f"{backup_id}/{DATABASE}"
    with tempfile.NamedTemporaryFile(dir=folder) as draft:
        with Writer(draft, name) as sealed:
            rows = databases.dump(sealed, folder)
        _store(target, name, draft)
    return rows


def _save_manifest(target: Storage, manifest: Manifest, folder: Path) -> None:
    name = f"{manifest.id}/{MANIFEST}"
    with tempfile.NamedTemporaryFile(dir=folder) as draft:
        with Writer(draft, name) as sealed:
            sealed.write(json.dumps(asdict(manifest)).encode())
        _store(target, name, draft)


def _store(target: Storage, name: str, draft: IO[bytes]) -> None:
    draft.flush()
    draft.seek(0)
    files.replace(target, name, File(draft))


def _known() -> dict[tuple[str, str], files.Entry]:
    """Files of the newest backup that can be read: they need not be copied again."""
    for backup_id in reversed(backups()):
        try:
            return {(entry.storage, entry.name): entry for entry in manifest_read(backup_id).files}
        except Exception as error:  # noqa: BLE001 - then all are copied
            logger.warning("Backup %s cannot be read (%s): files are copied anew", backup_id, type(error).__name__)
    return {}
