"""The long-lived, medium-lived and one-time keys of a device (Signal specification "X3DH", section 2.4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sessions_app.sandbox.crypto.curve import KeyPair, verify

MAX_KEY_ID = 0xFFFFFF


class InvalidBundleError(ValueError):
    """A prekey bundle whose signed prekey is not signed by its identity key."""


@dataclass(frozen=True, slots=True)
class PreKeyBundle:
    """The public keys that a server hands out for a device; keys are 32 bytes, without type byte."""

    registration_id: int
    identity: bytes
    signed_prekey_id: int
    signed_prekey: bytes
    signature: bytes
    prekey_id: int | None = None
    prekey: bytes | None = None

    def check(self) -> None:
        """Raise `InvalidBundleError` unless the identity key signed the signed prekey."""
        if not verify(self.identity, b"\x05" + self.signed_prekey, self.signature):
            raise InvalidBundleError("the signed prekey is not signed by the identity key")


@dataclass(frozen=True, slots=True)
class SignedPreKey:
    """A prekey that lives for weeks, with the identity key's signature over its public half."""

    id: int
    pair: KeyPair
    signature: bytes

    @classmethod
    def generate(cls, key_id: int, identity: KeyPair) -> SignedPreKey:
        pair = KeyPair.generate()
        return cls(key_id, pair, identity.sign(pair.signal_public))


def new_registration_id() -> int:
    """A number of 14 bits, never zero, that changes when an installation starts over."""
    return 1 + secrets.randbelow(16380)
