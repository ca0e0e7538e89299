"""The keys that encrypt every other secret at rest: MASTER_KEY, MASTER_KEY_FILE, or one made beside the embedded data.

A source holds one key or several: base64 of 32 bytes each, separated by commas or white space. The first encrypts,
the others only decrypt what was encrypted before a rotation. A key's id is a fingerprint, so nobody has to invent one.
"""

import base64
import functools
import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .master_key_file import ensure
from .paths import data_dir

KEY_BYTES = 32
HELP = "A key is 32 random bytes in base64: `openssl rand -base64 32` makes one."


class MasterKeyError(ImproperlyConfigured):
    """The master keys are missing or malformed; the text says what to do."""


class MasterKeyUnknown(MasterKeyError):
    """Something was encrypted under a master key that is not among the configured ones."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key; `id` may be shown, `secret` never."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where keys come from. `stamp` changes whenever `read` may answer something else."""

    name: str
    read: Callable[[], str] = field(repr=False)
    stamp: Callable[[], object] = field(repr=False)
    path: Path | None = None


class Keyring:
    """The configured keys. A key file that changed is read again, so a rotation needs no restart."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._stamp: object = None
        self._keys: list[MasterKey] = []

    def current(self) -> MasterKey:
        """The key to encrypt with."""
        return self.keys()[0]

    def find(self, key_id: str) -> MasterKey:
        """The key to decrypt with; `MasterKeyUnknown` says which ones there are."""
        keys = self.keys()
        for key in keys:
            if key.id == key_id:
                return key
        known = ", ".join(key.id for key in keys)
        raise MasterKeyUnknown(
            f"This was encrypted under master key {key_id}, but {self.source.name} has only {known}. "
            f"Nothing was changed. Put that key back into {self.source.name}, after the current one."
        )

    def keys(self) -> list[MasterKey]:
        """All keys, the current one first."""
        with self._lock:
            try:
                stamp = self.source.stamp()
                if not self._keys or stamp != self._stamp:
                    self._keys, self._stamp = parse(self.source.read(), self.source.name), stamp
            except OSError as error:
                raise MasterKeyError(f"{self.source.name} cannot be read: {error.strerror}.") from error
            return list(self._keys)


def parse(text: str, name: str) -> list[MasterKey]:
    """The keys in `text`, or an error that names the source and quotes nothing of it."""
    words = text.replace(",", " ").split()
    if not words:
        raise MasterKeyError(f"{name} holds no key. {HELP}")
    keys = [_key(word, number, name) for number, word in enumerate(words, 1)]
    if len({key.id for key in keys}) < len(keys):
        raise MasterKeyError(f"{name} holds the same key twice.")
    return keys


def keyring() -> Keyring:
    """This process's keys; the embedded default is created on first use."""
    return _keyring(os.environ.get("MASTER_KEY_FILE", ""), os.environ.get("MASTER_KEY", ""), data_dir())


def environment_check() -> None:
    """Fail at start, not at the first secret: a malformed key in the environment. Creates nothing."""
    if os.environ.get("MASTER_KEY_FILE") or os.environ.get("MASTER_KEY"):
        keyring().keys()


@functools.lru_cache(maxsize=4)
def _keyring(path: str, value: str, folder: Path) -> Keyring:
    if path:
        return Keyring(_file(Path(path), "MASTER_KEY_FILE"))
    if value:
        return Keyring(Source("MASTER_KEY", read=lambda: value, stamp=lambda: None))
    embedded = folder / "master.key"
    ensure(embedded)
    return Keyring(_file(embedded, str(embedded)))


def _file(path: Path, name: str) -> Source:
    def stamp() -> object:
        stat = path.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    return Source(name, read=path.read_text, stamp=stamp, path=path)


def _key(word: str, number: int, name: str) -> MasterKey:
    try:
        secret = base64.b64decode(word, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise MasterKeyError(f"Key {number} in {name} is not the base64 of {KEY_BYTES} bytes. {HELP}")
    return MasterKey(hashlib.sha256(b"master key id" + secret).hexdigest()[:8], secret)
