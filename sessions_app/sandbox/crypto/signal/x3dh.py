"""Key agreement for a first message (Signal specification "The X3DH Key Agreement Protocol", section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.crypto.kdf import hkdf
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle

_DISCONTINUITY = b"\xff" * 32


@dataclass(frozen=True, slots=True)
class Agreement:
    """The first root key and the first chain key (the responder's sending chain)."""

    root: bytes
    chain: bytes


def initiate(identity: KeyPair, base: KeyPair, bundle: PreKeyBundle) -> Agreement:
    """The initiator's side; `base` is its ephemeral key."""
    secrets = [
        identity.agree(bundle.signed_prekey),
        base.agree(bundle.identity),
        base.agree(bundle.signed_prekey),
    ]
    if bundle.prekey is not None:
        secrets.append(base.agree(bundle.prekey))
    return _derive(secrets)


def respond(
    identity: KeyPair, signed_prekey: KeyPair, prekey: KeyPair | None, *, their_identity: bytes, their_base: bytes
) -> Agreement:
    """The responder's side: the same secrets from the other halves."""
    secrets = [
        signed_prekey.agree(their_identity),
        identity.agree(their_base),
        signed_prekey.agree(their_base),
    ]
    if prekey is not None:
        secrets.append(prekey.agree(their_base))
    return _derive(secrets)


def _derive(secrets: list[bytes]) -> Agreement:
    keys = hkdf(_DISCONTINUITY + b"".join(secrets), 64, info=b"WhisperText")
    return Agreement(keys[:32], keys[32:])
