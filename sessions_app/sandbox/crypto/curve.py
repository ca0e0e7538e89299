"""Curve25519 keys that agree on secrets (X25519, RFC 7748) and sign (XEdDSA, Signal specification "The XEdDSA and
VXEdDSA Signature Schemes", sections 2.3 to 2.5)."""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
KEY_TYPE = b"\x05"
_HASH1_PREFIX = (2**256 - 2).to_bytes(32, "little")


class InvalidKeyError(ValueError):
    """Bytes that are no usable Curve25519 public key."""


InvalidKey = InvalidKeyError  # the name that the Noise handshake imports


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A Curve25519 key pair; both halves are 32 raw bytes."""

    private: bytes
    public: bytes

    @classmethod
    def generate(cls) -> "KeyPair":
        return cls.from_private(os.urandom(32))

    @classmethod
    def from_private(cls, private: bytes) -> "KeyPair":
        """The pair of a stored private key, clamped as RFC 7748 asks."""
        scalar = bytearray(private)
        scalar[0] &= 248
        scalar[31] = scalar[31] & 127 | 64
        clamped = bytes(scalar)
        return cls(clamped, X25519PrivateKey.from_private_bytes(clamped).public_key().public_bytes_raw())

    @property
    def signal_public(self) -> bytes:
        """The public key in Signal's form, behind its type byte."""
        return KEY_TYPE + self.public

    def agree(self, public: bytes) -> bytes:
        """The X25519 shared secret; `InvalidKeyError` if the other key is not usable."""
        try:
            return X25519PrivateKey.from_private_bytes(self.private).exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise InvalidKeyError("not a usable Curve25519 public key") from error

    def sign(self, message: bytes) -> bytes:
        """XEdDSA signature of `message`, 64 bytes."""
        scalar, point = _edwards(self.private)
        secret = scalar.to_bytes(32, "little")
        nonce = _hash(_HASH1_PREFIX, secret, message, os.urandom(64))
        commitment = crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
        answer = (nonce + _hash(commitment, point, message) * scalar) % L
        return commitment + answer.to_bytes(32, "little")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is one of `message` by the Curve25519 key `public` (32 bytes).

    libsignal's older signers do not normalise the sign of the Edwards point, they carry it in the highest bit of the
    signature, where Ed25519 always has a zero; both forms are accepted.
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    sign = signature[63] & 0x80
    try:
        key = Ed25519PublicKey.from_public_bytes(_edwards_public(public, sign))
        key.verify(signature[:63] + bytes([signature[63] & 0x7F]), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def raw_public(key: bytes) -> bytes:
    """The 32 bytes of a public key in Signal's 33 byte form."""
    if len(key) != 33 or key[:1] != KEY_TYPE:
        raise InvalidKeyError("a Signal public key has 33 bytes and type 5")
    return key[1:]


@lru_cache(maxsize=256)
def _edwards(private: bytes) -> tuple[int, bytes]:
    """XEdDSA calculate_key_pair: the scalar whose point has sign bit 0, and that point."""
    scalar = int.from_bytes(private, "little") % L
    point = crypto_scalarmult_ed25519_base_noclamp(scalar.to_bytes(32, "little"))
    if point[31] & 0x80:
        return L - scalar, point[:31] + bytes([point[31] & 0x7F])
    return scalar, point


@lru_cache(maxsize=1024)
def _edwards_public(public: bytes, sign: int) -> bytes:
    """The birational map y = (u - 1) / (u + 1) of RFC 7748, with the given sign bit."""
    u = int.from_bytes(public, "little") % 2**255 % P
    y = bytearray(((u - 1) * pow(u + 1, P - 2, P) % P).to_bytes(32, "little"))
    y[31] |= sign
    return bytes(y)


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L
