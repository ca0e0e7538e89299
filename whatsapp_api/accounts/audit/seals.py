"""What binds an entry: a digest over its fields and the one before, and a seal that needs the master key."""

import hashlib
import hmac
import json
from typing import Any

from whatsapp_api.core.formats import iso
from whatsapp_api.core.master_key import MasterKeyUnknown, keyring

from .models import AuditEntry

FIELDS = ("number", "actor_kind", "actor_id", "actor_name", "action", "target", "before", "after", "outcome", "status")
FIELDS += ("address", "user_agent", "request_id", "previous")  # type: ignore[assignment]


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything that the entry says."""
    said: dict[str, Any] = {name: getattr(entry, name) for name in FIELDS}
    said |= {"id": str(entry.id), "chain": str(entry.chain), "at": iso(entry.at)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def seal(text: str) -> str:
    """Only who has the master key can make it: whoever can write to the database alone cannot."""
    key = keyring().current()
    return f"{key.id}:{_hmac(key.secret, text)}"


def seal_holds(sealed: str, text: str) -> bool | None:
    """None: made under a master key that is not configured any more, so nobody can say."""
    key_id, _, mac = sealed.partition(":")
    try:
        key = keyring().find(key_id)
    except MasterKeyUnknown:
        return None
    return hmac.compare_digest(mac, _hmac(key.secret, text))


def _hmac(secret: bytes, text: str) -> str:
    derived = hmac.digest(secret, b"whatsapp-api audit trail", "sha256")
    return hmac.new(derived, text.encode(), "sha256").hexdigest()[:64]
