"""The QR code or pairing code that a session shows right now.

It lives in Redis for as long as WhatsApp accepts it and in nothing else. A QR payload holds pairing secrets and
Redis writes its log to the disk, so the value is encrypted under a key derived from SECRET_KEY.
"""

import functools
import logging
import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import msgpack
import redis
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from whatsapp_api.core.formats import from_unix

from .quick_redis import client

logger = logging.getLogger(__name__)

NONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveQr:
    """Payload `index` of `total`, to be scanned before `expires_at`."""

    payload: str = field(repr=False)
    index: int
    total: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePairingCode:
    """The code to type into the phone that has the number `phone` (digits)."""

    code: str = field(repr=False)
    phone: str
    expires_at: datetime


def store(session_id: uuid.UUID, qr: LiveQr) -> None:
    """Keep it until it expires; replaces the one before."""
    values = {"payload": qr.payload, "index": qr.index, "total": qr.total}
    _keep(_qr_key(session_id), values, qr.expires_at)


def current(session_id: uuid.UUID) -> LiveQr | None:
    """The QR code to show, or None when there is none (or Redis is away)."""
    values = _look(_qr_key(session_id))
    return LiveQr(**values) if values else None


def store_code(session_id: uuid.UUID, code: LivePairingCode) -> None:
    """Keep it until it expires."""
    _keep(_code_key(session_id), {"code": code.code, "phone": code.phone}, code.expires_at)


def current_code(session_id: uuid.UUID) -> LivePairingCode | None:
    """The pairing code to show, or None when there is none (or Redis is away)."""
    values = _look(_code_key(session_id))
    return LivePairingCode(**values) if values else None


def clear(session_id: uuid.UUID) -> None:
    """Forget both: the session is linked, or nobody is to scan any more."""
    client().delete(_qr_key(session_id), _code_key(session_id))


def _qr_key(session_id: uuid.UUID) -> str:
    return f"wa:qr:{session_id}"


def _code_key(session_id: uuid.UUID) -> str:
    return f"wa:code:{session_id}"


def _keep(key: str, values: dict[str, Any], expires_at: datetime) -> None:
    left = int((expires_at - timezone.now()).total_seconds() * 1000)
    if left <= 0:
        return
    nonce = os.urandom(NONCE)
    plain = msgpack.packb({**values, "expires_at": expires_at.timestamp()})
    client().set(key, nonce + _cipher().encrypt(nonce, plain, key.encode()), px=left)


def _look(key: str) -> dict[str, Any] | None:
    try:
        sealed = cast("bytes | None", client().get(key))
    except redis.RedisError as error:
        logger.warning("A code cannot be shown, Redis is away: %s", type(error).__name__)
        return None
    if sealed is None:
        return None
    try:
        values = msgpack.unpackb(_cipher().decrypt(sealed[:NONCE], sealed[NONCE:], key.encode()))
    except InvalidTag:  # written under another SECRET_KEY
        return None
    expires_at = from_unix(values["expires_at"])
    return {**values, "expires_at": expires_at} if expires_at > timezone.now() else None


@functools.lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"live pairing codes").derive(settings.SECRET_KEY.encode())
    return AESGCM(key)
