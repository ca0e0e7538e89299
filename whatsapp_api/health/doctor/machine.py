"""This machine: places to write to, their space, and the limit of open files."""

import resource
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from whatsapp_api.core.store_root import is_tmpfs

from . import Diagnosis, fine, problem, warning

STORAGES = {"sessions": "SNAPSHOTS", "media": "MEDIA", "backups": "BACKUP"}
FILES_WANTED = 16_384
LOW_BYTES = 2 * 2**30


def storage() -> Iterator[Diagnosis]:
    """Writes a few bytes to each, reads them and removes them."""
    for alias, prefix in STORAGES.items():
        try:
            _try(alias)
        except Exception as error:  # noqa: BLE001 - whatever a storage class raises is the finding
            yield problem(
                f"The storage of {alias} does not take files ({type(error).__name__}).",
                f"Check {prefix}_DIR or {prefix}_STORAGE, {prefix}_STORAGE_OPTIONS, and who may write there.",
            )
        else:
            yield fine(f"The storage of {alias} takes files.")


def _try(alias: str) -> None:
    kept = storages[alias]
    name = kept.save(f"doctor-{uuid.uuid4().hex}", ContentFile(b"doctor"))
    try:
        with kept.open(name) as file:
            if file.read() != b"doctor":
                raise OSError("it gave back something else")
    finally:
        kept.delete(name)


def places() -> Iterator[Diagnosis]:
    for name, path in (("DATA_DIR", settings.DATA_DIR), ("SESSIONS_DIR", settings.SESSIONS_DIR)):
        place = next(folder for folder in (Path(path), *Path(path).parents) if folder.exists())
        free = shutil.disk_usage(place).free
        memory = is_tmpfs(place)
        if free < (LOW_BYTES if not memory else LOW_BYTES // 16):
            yield warning(f"{name} has {free / 2**30:.1f} GiB left.", f"Make room, or set {name} to another disk.")
        else:
            yield fine(f"{name} has {free / 2**30:.0f} GiB left.")
        if name == "SESSIONS_DIR" and not memory:
            yield warning(
                "Credentials in use lie in clear on a disk.",
                "Give /dev/shm 256 MB or more (Docker: shm_size), or set SESSIONS_DIR to a tmpfs.",
            )


def files() -> Iterator[Diagnosis]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES_WANTED:
        yield warning(f"A process may open {most} files.", "LimitNOFILE=65536 in the unit, ulimits in Docker.")
    else:
        yield fine("Enough files may be open.")
