"""Small secrets at rest: sealed under the master key, bound to what they belong to.

    k1:<id of the master key>:<base64 of nonce, AES-256-GCM ciphertext and tag>

`context` (such as `session key 0192...`) is authenticated: a sealed value that was copied to another row does not open.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .master_key import keyring

FORMAT = "k1"
NONCE = 12


class SealBroken(Exception):
    """Not a sealed value, damaged, or sealed for something else. Its text holds nothing of the value."""


def seal(plain: bytes, *, context: str) -> str:
    """Encrypt under the current master key."""
    key = keyring().current()
    nonce = os.urandom(NONCE)
    sealed = AESGCM(key.secret).encrypt(nonce, plain, _bound(key.id, context))
    return f"{FORMAT}:{key.id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, context: str) -> bytes:
    """Decrypt; `MasterKeyUnknown` when its key is not configured, `SealBroken` when it is not what it should be."""
    key_id, body = _parts(sealed)
    key = keyring().find(key_id)
    try:
        return AESGCM(key.secret).decrypt(body[:NONCE], body[NONCE:], _bound(key_id, context))
    except InvalidTag:
        raise SealBroken(f"A secret sealed under master key {key_id} is damaged or belongs elsewhere.") from None


def seal_text(plain: str, *, context: str) -> str:
    """`seal` for text; empty stays empty."""
    return seal(plain.encode(), context=context) if plain else ""


def unseal_text(sealed: str, *, context: str) -> str:
    """`unseal` for text; empty stays empty."""
    return unseal(sealed, context=context).decode() if sealed else ""


def reseal(sealed: str, *, context: str) -> str:
    """The same secret under the current master key."""
    return seal(unseal(sealed, context=context), context=context)


def key_id(sealed: str) -> str:
    """Which master key it needs."""
    return _parts(sealed)[0]


def current_prefix() -> str:
    """How values begin that need no rotation."""
    return f"{FORMAT}:{keyring().current().id}:"


def _bound(key_id: str, context: str) -> bytes:
    return f"{FORMAT}:{key_id}:{context}".encode()


def _parts(sealed: str) -> tuple[str, bytes]:
    try:
        form, name, body = sealed.split(":")
        data = base64.b64decode(body, validate=True)
    except ValueError:
        form, name, data = "", "", b""
    if form != FORMAT or len(data) <= NONCE:
        raise SealBroken("This is not a sealed secret.")
    return name, data
