"""Patterns of event types: what an endpoint wants to hear."""

import uuid
from collections.abc import Iterable

from whatsapp_api.events.models import LIVE_ONLY
from whatsapp_api.events.subscriptions import SECURITY, Wanted, event_types

SECURITY_PREFIX = "security."


def wanted_by(patterns: Iterable[str], session_id: uuid.UUID | None) -> Wanted:
    """The filter on the log. Patterns are kept, not what they stand for: they cover types that come later."""
    types = frozenset(kind for pattern in patterns for kind in types_of(pattern))
    return Wanted(sessions=frozenset([session_id] if session_id else []), types=types)


def types_of(pattern: str) -> set[str]:
    """What is delivered of it. Pairing secrets never are, security events only where the pattern names them."""
    types = set(event_types(pattern)) - LIVE_ONLY
    return types if names_security(pattern) else types - SECURITY


def names_security(pattern: str) -> bool:
    return pattern.startswith(SECURITY_PREFIX)
