"""Linking with an eight-character code instead of a QR code: both sides prove that they know the code
(WhatsApp multi-device protocol, "link code pairing")."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sessions_app.sandbox.crypto.curve import InvalidKeyError, KeyPair
from sessions_app.sandbox.crypto.kdf import hkdf

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"
CODE_LENGTH = 8
ROUNDS = 131_072
_BUNDLE_INFO = b"link_code_pairing_key_bundle_encryption_key"
_SALT, _IV, _NONCE, _KEY = 32, 16, 12, 32


class WrongCodeError(ValueError):
    """The code is malformed, or the two sides did not use the same one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The phone's half way through: what it must remember until `companion_finish`."""

    primary: KeyPair
    companion: bytes


def new_code() -> str:
    """A code as a companion shows it, without its dash."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def normalize_code(text: str) -> str:
    """What was typed, without dash and blanks; `WrongCodeError` if it cannot be a code."""
    code = text.replace("-", "").replace(" ", "").upper()
    if len(code) != CODE_LENGTH or any(character not in ALPHABET for character in code):
        raise WrongCodeError("a pairing code has eight letters and digits")
    return code


def wrap_public(code: str, public: bytes) -> bytes:
    """`salt 32 | iv 16 | AES-256-CTR(public key)`. A wrong code gives a wrong key, nothing that could be tested."""
    salt, iv = os.urandom(_SALT), os.urandom(_IV)
    return salt + iv + _ctr(code, salt, iv, public)


def unwrap_public(code: str, wrapped: bytes) -> bytes:
    """The ephemeral key that the other side wrapped."""
    if len(wrapped) != _SALT + _IV + _KEY:
        raise WrongCodeError("a wrapped key has 80 bytes")
    salt, iv = wrapped[:_SALT], wrapped[_SALT : _SALT + _IV]
    return _ctr(code, salt, iv, wrapped[_SALT + _IV :])


def seal_bundle(shared: bytes, companion_identity: bytes, primary_identity: bytes, random: bytes) -> bytes:
    """The companion's last word: `salt 32 | nonce 12 | AES-256-GCM(both identities | random)`."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    key = hkdf(shared, 32, info=_BUNDLE_INFO, salt=salt)
    return salt + nonce + AESGCM(key).encrypt(nonce, companion_identity + primary_identity + random, None)


def open_bundle(answer: Answer, wrapped: bytes, *, account: KeyPair, companion_identity: bytes) -> bytes:
    """The phone opens that; gives the ADV secret. `WrongCodeError` if the two sides used different codes."""
    salt, nonce = wrapped[:_SALT], wrapped[_SALT : _SALT + _NONCE]
    try:
        shared = answer.primary.agree(answer.companion)
        plaintext = AESGCM(hkdf(shared, 32, info=_BUNDLE_INFO, salt=salt)).decrypt(
            nonce, wrapped[_SALT + _NONCE :], None
        )
    except (InvalidTag, InvalidKeyError, ValueError) as error:
        raise WrongCodeError("the codes do not match") from error
    identities, random = plaintext[: 2 * _KEY], plaintext[2 * _KEY :]
    if identities != companion_identity + account.public or len(random) != _KEY:
        raise WrongCodeError("the bundle speaks of other identities")
    return adv_secret(shared, account.agree(companion_identity), random)


def adv_secret(shared: bytes, identities_shared: bytes, random: bytes) -> bytes:
    """The secret that a QR code would have carried."""
    return hkdf(shared + identities_shared + random, 32, info=b"adv_secret")


def _ctr(code: str, salt: bytes, iv: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, ROUNDS, 32)
    encryptor = Cipher(algorithms.AES256(key), modes.CTR(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
