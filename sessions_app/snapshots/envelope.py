"""The snapshot file: `WSS1` | nonce (12) | AES-256-GCM of the compressed copy.

Session, version and format are authenticated: a file moved to another session, or an old one under a new number,
does not open.
"""

import hmac
import os
import uuid
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import SnapshotDamaged

MAGIC = b"WSS1"
NONCE = 12
LEVEL = 1  # keys do not compress; the little that is gained comes from empty pages


def new_key() -> bytes:
    """A data key."""
    return AESGCM.generate_key(256)


def close(plain: bytes, *, key: bytes, session_id: uuid.UUID, version: int) -> bytes:
    """Compress and encrypt."""
    nonce = os.urandom(NONCE)
    bound = _bound(session_id, version)
    return MAGIC + nonce + AESGCM(key).encrypt(nonce, zlib.compress(plain, LEVEL), bound)


def open_(data: bytes, *, key: bytes, session_id: uuid.UUID, version: int) -> bytes:
    """Decrypt and decompress; `SnapshotDamaged` if it is not the very file that was written."""
    head, nonce, body = data[:4], data[4 : 4 + NONCE], data[4 + NONCE :]
    if head != MAGIC or len(nonce) < NONCE:
        raise SnapshotDamaged("The file is not a snapshot of a format known here.")
    try:
        return zlib.decompress(AESGCM(key).decrypt(nonce, body, _bound(session_id, version)))
    except InvalidTag:
        raise SnapshotDamaged("The file was altered, or belongs to another session or version.") from None


def digest(plain: bytes, *, key: bytes) -> str:
    """Tells two copies apart without saying anything about them to somebody who lacks the key."""
    return hmac.digest(key, plain, "sha256").hex()


def _bound(session_id: uuid.UUID, version: int) -> bytes:
    return MAGIC + session_id.bytes + version.to_bytes(8, "big")
