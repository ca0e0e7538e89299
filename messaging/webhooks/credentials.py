"""User name and password for a broker: kept sealed, never shown, and never sent to another server by a mere change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from whatsapp_api.core.crypto import seal_text, unseal_text

from .headers import MASK
from .models import Endpoint
from .models.endpoint import credentials_context
from .sinks import SINKS, scheme_of


class BadCredentials(ValueError):
    """`field` and the text say what is wrong."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.field = name


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str = ""
    password: str = field(default="", repr=False)


def credentials_check(given: Mapping[str, str], url: str, endpoint: Endpoint | None = None) -> Credentials | None:
    """What to store for `url`; None: as it is. A masked password keeps the stored one, at the same server only."""
    kept = credentials_open(endpoint) if endpoint else Credentials()
    moved = endpoint is not None and _server(url) != _server(endpoint.url)
    password = given.get("password", MASK if endpoint else "")
    if password == MASK:
        if endpoint is None or (moved and kept.password):
            raise BadCredentials("password", f"Write it: {MASK} keeps one that is stored for this very server.")
        password = kept.password
    credentials = Credentials(given.get("username", "" if moved else kept.username), password)
    if SINKS[scheme_of(url)] == "http" and credentials != Credentials():
        name = "username" if credentials.username else "password"
        raise BadCredentials(name, "Only for brokers; a webhook gets an Authorization header in `headers`.")
    return None if credentials == kept else credentials


def credentials_seal(endpoint: Endpoint, credentials: Credentials) -> str:
    plain = "" if credentials == Credentials() else json.dumps([credentials.username, credentials.password])
    return seal_text(plain, context=credentials_context(endpoint))


def credentials_open(endpoint: Endpoint) -> Credentials:
    text = unseal_text(endpoint.credentials_sealed, context=credentials_context(endpoint))
    return Credentials(*json.loads(text)) if text else Credentials()


def credentials_masked(endpoint: Endpoint) -> dict[str, Any]:
    credentials = credentials_open(endpoint)
    return {"username": credentials.username or None, "password": MASK if credentials.password else None}


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
