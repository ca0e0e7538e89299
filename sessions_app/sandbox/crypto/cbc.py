"""AES-256 in CBC mode with PKCS#7 padding."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


class PaddingError(ValueError):
    """The ciphertext is not whole or was made with another key."""


def encrypt(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """Pad and encrypt."""
    count = BLOCK - len(plaintext) % BLOCK
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plaintext + bytes([count]) * count) + encryptor.finalize()


def decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt and strip the padding; `PaddingError` if it is none."""
    if not ciphertext or len(ciphertext) % BLOCK:
        raise PaddingError("the ciphertext is not a whole number of blocks")
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    count = padded[-1]
    if not 0 < count <= BLOCK or padded[-count:] != bytes([count]) * count:
        raise PaddingError("the padding is not PKCS#7")
    return padded[:-count]
