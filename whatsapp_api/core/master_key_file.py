"""The file with the master keys, one a line, the current one first. Always written whole and closed to others."""

import base64
import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY_BYTES = 32


def generate() -> str:
    """A new key as the configuration writes it."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def ensure(path: Path) -> None:
    """Create the file with one key unless it exists: of several processes at once, one wins and none reads half."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _draft(path, generate() + "\n") as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            pass


def add(path: Path) -> None:
    """Put a new key first; the ones before stay readable."""
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with _draft(path, f"{generate()}\n{path.read_text().strip()}\n") as draft:
            _same_readers(path, draft)
            draft.replace(path)


def _same_readers(path: Path, draft: Path) -> None:
    """Whoever could read the file must be able to read the new one."""
    shutil.copymode(path, draft)
    stat = path.stat()
    with contextlib.suppress(PermissionError):
        os.chown(draft, stat.st_uid, stat.st_gid)


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
