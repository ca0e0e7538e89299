"""HMAC and HKDF (RFC 5869) with SHA-256, the only key derivation that WhatsApp and Signal use."""

from __future__ import annotations

import hmac

_NO_SALT = bytes(32)


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 over the parts, one after the other."""
    return hmac.digest(key, b"".join(parts), "sha256")


def hkdf(secret: bytes, length: int, *, info: bytes = b"", salt: bytes = _NO_SALT) -> bytes:
    """HKDF-SHA256: extract, then expand to `length` bytes. No salt means 32 zero bytes."""
    key = hmac.digest(salt, secret, "sha256")
    block, output, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        output += block
        counter += 1
    return output[:length]
