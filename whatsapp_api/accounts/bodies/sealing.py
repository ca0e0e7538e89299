"""One sealed body, as it stands in a column:

    wab1:<id of the workspace's key, 32 hex digits>:<base64 of nonce, AES-256-GCM ciphertext and tag>

Bound to key and column: it does not open in another workspace's name, nor as another column. Clear text that looks
like one is kept behind `wab0:`, so that nobody can write a message that we would try to open.
"""

import os
import re
import uuid
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag

from whatsapp_api.core.crypto import SealBroken

from .keys import open_keys

FORMAT = "wab1:"
CLEAR = "wab0:"
SEALED = re.compile(r"wab1:([0-9a-f]{32}):([A-Za-z0-9+/]+={0,2})")
NONCE = 12


def body_seal(plain: str, workspace_id: uuid.UUID, column: str) -> str:
    """As the workspace wants it kept; empty stays empty."""
    found = open_keys.of(workspace_id) if plain else None
    if found is None:
        return body_clear(plain)
    key_id, key = found
    nonce = os.urandom(NONCE)
    sealed = key.encrypt(nonce, plain.encode("utf-8", "surrogatepass"), _bound(key_id.hex, column))
    return f"{FORMAT}{key_id.hex}:{b64encode(nonce + sealed).decode()}"


def body_clear(plain: str) -> str:
    """Kept as it is, whatever it looks like."""
    return CLEAR + plain if plain.startswith((FORMAT, CLEAR)) else plain


def body_open(stored: str, column: str) -> str:
    """What was written; raises SealBroken, MasterKeyUnknown."""
    if stored.startswith(CLEAR):
        return stored.removeprefix(CLEAR)
    match = SEALED.fullmatch(stored)
    if match is None:
        return stored
    key, body = open_keys.named(uuid.UUID(match[1])), b64decode(match[2])
    try:
        return key.decrypt(body[:NONCE], body[NONCE:], _bound(match[1], column)).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        raise SealBroken(f"A sealed {column} is damaged or belongs elsewhere.") from None


def _bound(key_id: str, column: str) -> bytes:
    return f"{FORMAT}{key_id}:{column}".encode()
