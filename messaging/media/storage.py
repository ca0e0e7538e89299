"""Where the bytes are: STORAGES["media"], and drafts on this machine on their way there."""

import hashlib
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from whatsapp_api.core.paths import private_dir

from .sniff import HEAD

ALIAS = "media"
CHUNK = 256 * 1024
"""Bytes of a file that one step holds in memory."""
DRAFT_SECONDS = 6 * 3600


class TooLong(Exception):
    """More bytes than allowed."""


def media_storage() -> Storage:
    """Files of all workspaces."""
    return storages[ALIAS]


def drafts_dir() -> Path:
    """Private, on a disk: never tmpfs, which is memory."""
    return private_dir(settings.DATA_DIR / "media-drafts")


class Draft:
    """A file as it arrives: written to this machine's disk, hashed and measured on the way."""

    def __init__(self, *, limit: int) -> None:
        fd, name = tempfile.mkstemp(dir=drafts_dir())
        self.path = Path(name)
        self._file = os.fdopen(fd, "wb", buffering=0)
        self._hash = hashlib.sha256()
        self._limit = limit
        self.size = 0
        self.head = b""

    def write(self, chunk: bytes) -> None:
        """Append; TooLong beyond the limit."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise TooLong
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        self._hash.update(chunk)
        self._file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove it; what was stored is a copy."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def file_store(path: Path, *, workspace_id: uuid.UUID, media_id: uuid.UUID, suffix: str = "") -> str:
    """Copy a file of this machine into the storage, a chunk at a time; its name there."""
    name = f"{workspace_id.hex}/{media_id.hex[:8]}/{media_id.hex}{suffix}"
    with path.open("rb") as source:
        file: File[bytes] = File(source)
        file.DEFAULT_CHUNK_SIZE = CHUNK
        return media_storage().save(name, file)


def file_delete(name: str) -> None:
    """Remove a file; one that is gone already does no harm."""
    if name:
        media_storage().delete(name)


def file_chunks(name: str) -> Iterator[bytes]:
    """The bytes of a stored file."""
    with media_storage().open(name) as file:
        while chunk := file.read(CHUNK):
            yield chunk


@contextmanager
def local_file(name: str) -> Iterator[Path]:
    """A stored file under a path of this machine: itself where the storage is local, else a copy for the time being."""
    path, copied = local_path(name)
    try:
        yield path
    finally:
        if copied:
            path.unlink(missing_ok=True)


def local_path(name: str) -> tuple[Path, bool]:
    """A path to read a stored file from, and whether it is a copy that the caller has to remove."""
    try:
        return Path(media_storage().path(name)), False
    except NotImplementedError:
        pass
    fd, copy = tempfile.mkstemp(dir=drafts_dir())
    with os.fdopen(fd, "wb") as file:
        for chunk in file_chunks(name):
            file.write(chunk)
    return Path(copy), True


def drafts_clean(*, older: float = DRAFT_SECONDS) -> int:
    """Remove what a process that was killed left behind; how many."""
    old = [path for path in drafts_dir().iterdir() if path.stat().st_mtime < time.time() - older]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
