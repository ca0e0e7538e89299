"""Custom headers of an endpoint: what may be in them, kept sealed, shown masked."""

import json
import re
from collections.abc import Mapping

from whatsapp_api.core.crypto import seal_text, unseal_text

from .models import Endpoint
from .models.endpoint import headers_context

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110, token
VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]{0,998}[\x21-\x7e])?")  # no line breaks: nothing can be smuggled in
MOST = 20
MASK = "***"
# Ours, or about the connection rather than the request.
RESERVED = frozenset(
    {
        *("host", "user-agent", "expect", "te", "trailer", "upgrade", "connection", "keep-alive"),
        *("content-length", "content-type", "content-encoding", "transfer-encoding"),
        *("proxy-authorization", "proxy-connection"),
    }
)
RESERVED_PREFIX = "x-webhook-"


class BadHeader(ValueError):
    """The text says which header is wrong and why."""


def headers_check(headers: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """What to store; a masked value keeps what is stored under that name."""
    if len(headers) > MOST:
        raise BadHeader(f"At most {MOST} headers.")
    if len({name.lower() for name in headers}) < len(headers):
        raise BadHeader("A header is given twice.")
    return {name: _checked(name, value, kept) for name, value in headers.items()}


def _checked(name: str, value: str, kept: Mapping[str, str]) -> str:
    shown = name[:40]
    if not NAME.fullmatch(name):
        raise BadHeader(f"{shown!r} is not the name of a header.")
    if name.lower() in RESERVED or name.lower().startswith(RESERVED_PREFIX):
        raise BadHeader(f"{shown} is set by the platform itself.")
    if value == MASK:
        if name not in kept:
            raise BadHeader(f"{shown}: write the value; {MASK} keeps one that is stored, and there is none.")
        return kept[name]
    if not VALUE.fullmatch(value):
        raise BadHeader(f"{shown}: 1 to 1000 visible ASCII characters, no line breaks.")
    return value


def headers_seal(endpoint: Endpoint, headers: Mapping[str, str]) -> str:
    return seal_text(json.dumps(dict(headers)) if headers else "", context=headers_context(endpoint))


def headers_open(endpoint: Endpoint) -> dict[str, str]:
    text = unseal_text(endpoint.headers_sealed, context=headers_context(endpoint))
    headers: dict[str, str] = json.loads(text) if text else {}
    return headers


def headers_masked(endpoint: Endpoint) -> dict[str, str]:
    return dict.fromkeys(headers_open(endpoint), MASK)
