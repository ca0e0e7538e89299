"""What new webhook endpoints of a session begin with: event patterns and headers. Those that exist stay as they are."""

import re
from typing import Any

from whatsapp_api.events.subscriptions import event_types

MOST_EVENTS = 20
MOST_HEADERS = 10
LONGEST_VALUE = 500
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
RESERVED = frozenset(
    {"connection", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Everybody who may see a session sees its settings, and events carry them."""


class BadDefaults(ValueError):
    """Its text says what is wrong with them."""


def defaults_clean(value: Any) -> dict[str, Any]:
    """`{}`, or an object with `events` (patterns, in their order, each once), `headers` (strings by name), or both."""
    if not isinstance(value, dict):
        raise BadDefaults('Must be an object such as {"events": ["message.*"], "headers": {"X-Team": "sales"}}.')
    if unknown := sorted(set(map(str, value)) - {"events", "headers"}):
        raise BadDefaults(f"There is no {unknown[0][:40]!r}; there are events and headers.")
    cleaned: dict[str, Any] = {}
    if "events" in value:
        cleaned["events"] = _events(value["events"])
    if "headers" in value:
        cleaned["headers"] = _headers(value["headers"])
    return cleaned


def _events(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(pattern, str) for pattern in value):
        raise BadDefaults('events: must be a list of types and patterns, such as ["message.*"].')
    if len(value) > MOST_EVENTS:
        raise BadDefaults(f"events: at most {MOST_EVENTS}.")
    if unknown := [pattern for pattern in value if not event_types(pattern)]:
        raise BadDefaults(f"events: no type of event is called {unknown[0][:40]!r}.")
    return list(dict.fromkeys(value))


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadDefaults('headers: must be an object of strings, such as {"X-Team": "sales"}.')
    if len(value) > MOST_HEADERS:
        raise BadDefaults(f"headers: at most {MOST_HEADERS}.")
    if len({str(name).lower() for name in value}) < len(value):
        raise BadDefaults("headers: the same name twice; letters in upper and lower case are the same here.")
    for name, text in value.items():
        _check_header(name, text)
    return dict(value)


def _check_header(name: Any, text: Any) -> None:
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise BadDefaults("headers: a name has 1 to 64 letters, digits and hyphens.")
    if name.lower() in RESERVED or name.lower().startswith("content-"):
        raise BadDefaults(f"headers: {name} belongs to the connection and cannot be chosen.")
    if name.lower() in SECRET:
        raise BadDefaults(f"headers: {name} would be seen by all who see the session; set it at the endpoint.")
    if not isinstance(text, str) or len(text) > LONGEST_VALUE:
        raise BadDefaults(f"headers: the value of {name} is not a string of up to {LONGEST_VALUE} characters.")
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise BadDefaults(f"headers: the value of {name} has characters that no header may have, or spaces at an end.")
