"""Files of STORAGES (credential snapshots, media) in backups: each is encrypted once, however many hold it."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from .container import Reader, Writer

SAVED = ("sessions", "media")
CHUNK = 1 << 20
DEPTH = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """`blob`: its name among the backups. `stamp`: what tells that a file is the same as last time."""

    storage: str
    name: str
    size: int
    stamp: str
    blob: str


def saved() -> list[str]:
    """Aliases of the storages that a backup holds."""
    return [alias for alias in SAVED if alias in storages.backends]


def walk(storage: Storage, folder: str = "", depth: int = DEPTH) -> Iterator[str]:
    """The names of all files, drafts left out."""
    if depth == 0:
        return
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    for name in sorted(files):
        if not name.startswith("."):
            yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from walk(storage, f"{folder}/{name}" if folder else name, depth - 1)


def save_all(target: Storage, known: dict[tuple[str, str], Entry], folder: Path) -> Iterator[Entry]:
    """Copy what is not there yet. A file that disappears meanwhile was deleted, and is left out."""
    for alias in saved():
        source = storages[alias]
        for name in walk(source):
            try:
                entry = _describe(source, alias, name)
                before = known.get((alias, name))
                if before is None or before != entry or not target.exists(entry.blob):
                    _save(source, name, target, entry.blob, folder)
            except FileNotFoundError:
                continue
            yield entry


def restore_all(source: Storage, entries: list[Entry], folder: Path) -> int:
    """Put files back where they are missing; answers how many."""
    count = 0
    for entry in entries:
        target = storages[entry.storage]
        if target.exists(entry.name):
            continue
        with tempfile.NamedTemporaryFile(dir=folder) as draft:
            with source.open(entry.blob) as sealed:
                reader = Reader(sealed, entry.blob)
                while chunk := reader.read(CHUNK):
                    draft.write(chunk)
            draft.flush()
            draft.seek(0)
            target.save(entry.name, File(draft))
        count += 1
    return count


def check_all(source: Storage, entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    """Each file that cannot be read back, and why."""
    for entry in entries:
        try:
            with source.open(entry.blob) as sealed:
                reader, size = Reader(sealed, entry.blob), 0
                while chunk := reader.read(CHUNK):
                    size += len(chunk)
            if size != entry.size:
                yield entry, "it has another size"
        except Exception as error:  # noqa: BLE001 - every kind of damage is a finding
            yield entry, str(error) or type(error).__name__


def _describe(source: Storage, alias: str, name: str) -> Entry:
    size, stamp = source.size(name), source.get_modified_time(name).isoformat()
    blob = hashlib.sha256(f"{alias}\0{name}\0{size}\0{stamp}".encode()).hexdigest()
    return Entry(alias, name, size, stamp, f"files/{blob[:2]}/{blob}.enc")


def _save(source: Storage, name: str, target: Storage, blob: str, folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder) as draft:
        with source.open(name) as plain, Writer(draft, blob) as sealed:
            for chunk in _chunks(plain):
                sealed.write(chunk)
        draft.flush()
        draft.seek(0)
        replace(target, blob, File(draft))


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def replace(target: Storage, name: str, content: "File[bytes]") -> None:
    """Under exactly this name: a storage would otherwise choose another one beside what is there."""
    if target.exists(name):
        target.delete(name)
    stored = target.save(name, content)
    if stored != name:
        raise OSError(f"the storage keeps {name} as {stored}")
