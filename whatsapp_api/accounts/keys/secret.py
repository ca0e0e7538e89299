"""The text of an API key: making it, taking it apart, comparing it in constant time."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

MARK = "wak_"
FORM = re.compile(r"wak_([0-9a-z]{12})_([A-Za-z0-9_-]{43})")
_NOBODYS = "0" * 64


@dataclass(frozen=True, slots=True)
class Secret:
    prefix: str
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def secret_make() -> Secret:
    """A new key: 48 bits to find it by, 256 bits to know it by."""
    prefix = secrets.token_hex(6)
    return Secret(prefix, f"{MARK}{prefix}_{secrets.token_urlsafe(32)}")


def secret_read(text: str) -> Secret | None:
    """None when it does not look like a key at all."""
    found = FORM.fullmatch(text)
    return Secret(found[1], text) if found else None


def secret_matches(secret: Secret, digest: str | None) -> bool:
    """As slow for an unknown prefix (`digest` None) as for a wrong secret."""
    return hmac.compare_digest(secret.digest, digest or _NOBODYS)
