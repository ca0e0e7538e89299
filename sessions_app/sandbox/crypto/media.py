"""Files in messages: encrypted with a key of their own, which travels inside the message (WhatsApp "media keys").

`iv 16 | cipher key 32 | mac key 32 | ref 32 = HKDF(media key, info by type)`; the uploaded body is
`AES-256-CBC | HMAC(mac key, iv | ciphertext)[:10]`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from sessions_app.sandbox.crypto import cbc
from sessions_app.sandbox.crypto.kdf import hkdf, hmac_sha256

MAC_SIZE = 10
INFO = {
    "image": b"WhatsApp Image Keys",
    "sticker": b"WhatsApp Image Keys",
    "video": b"WhatsApp Video Keys",
    "video_note": b"WhatsApp Video Keys",
    "audio": b"WhatsApp Audio Keys",
    "voice": b"WhatsApp Audio Keys",
    "document": b"WhatsApp Document Keys",
    "history": b"WhatsApp History Keys",
    "app_state": b"WhatsApp App State Keys",
    "thumbnail": b"WhatsApp Link Thumbnail Keys",
}


class MediaError(ValueError):
    """A downloaded file is not the one that the message spoke of."""


@dataclass(frozen=True, slots=True)
class EncryptedMedia:
    """What to upload (`body`) and what the message says about it."""

    body: bytes = field(repr=False)
    key: bytes = field(repr=False)
    sha256: bytes
    encrypted_sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class _Keys:
    iv: bytes
    cipher: bytes
    mac: bytes

    @classmethod
    def derive(cls, key: bytes, kind: str) -> _Keys:
        keys = hkdf(key, 112, info=INFO[kind])
        return cls(keys[:16], keys[16:48], keys[48:80])

    def mac_of(self, ciphertext: bytes) -> bytes:
        return hmac_sha256(self.mac, self.iv, ciphertext)[:MAC_SIZE]


def encrypt(data: bytes, kind: str, key: bytes | None = None) -> EncryptedMedia:
    """Encrypt a file of a kind in `INFO`, with a fresh key unless one is given."""
    key = key or os.urandom(32)
    keys = _Keys.derive(key, kind)
    ciphertext = cbc.encrypt(keys.cipher, keys.iv, data)
    body = ciphertext + keys.mac_of(ciphertext)
    return EncryptedMedia(body, key, _sha256(data), _sha256(body), len(data))


def decrypt(body: bytes, kind: str, key: bytes, *, sha256: bytes = b"", encrypted_sha256: bytes = b"") -> bytes:
    """Check and decrypt a downloaded body; the hashes are checked when given."""
    if encrypted_sha256 and _sha256(body) != encrypted_sha256:
        raise MediaError("the body's hash is wrong")
    keys = _Keys.derive(key, kind)
    ciphertext = body[:-MAC_SIZE]
    if not hmac.compare_digest(keys.mac_of(ciphertext), body[-MAC_SIZE:]):
        raise MediaError("the body's MAC is wrong")
    try:
        data = cbc.decrypt(keys.cipher, keys.iv, ciphertext)
    except cbc.PaddingError as error:
        raise MediaError(str(error)) from error
    if sha256 and _sha256(data) != sha256:
        raise MediaError("the file's hash is wrong")
    return data


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
