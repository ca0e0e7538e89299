"""Snapshot files on this machine or a shared directory: private, whole, and on the disk before they are recorded."""

import os
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

ALIAS = "sessions"


def snapshot_storage() -> Storage:
    """STORAGES["sessions"]."""
    return storages[ALIAS]


class PrivateFiles(FileSystemStorage):
    """Directories 0700, files 0600. A file appears under its name only when it is complete and flushed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"directory_permissions_mode": 0o700, "file_permissions_mode": 0o600, **options})

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        self._make_directories(path.parent)
        draft = path.with_name(f".{path.name}.draft")
        try:
            self._write(draft, content)
            draft.replace(path)
        except OSError:  # a full disk must not stay full of what nobody will ever read
            draft.unlink(missing_ok=True)
            raise
        _flush_directory(path.parent)
        return name

    def _write(self, draft: Path, content: "File[bytes]") -> None:
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, self.file_permissions_mode or 0o600)
        with os.fdopen(fd, "wb") as file:
            for chunk in content.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def _make_directories(self, folder: Path) -> None:
        root = Path(self.location)
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in [*reversed(folder.relative_to(root).parents), folder.relative_to(root)]:
            (root / part).mkdir(mode=0o700, exist_ok=True)


def _flush_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
