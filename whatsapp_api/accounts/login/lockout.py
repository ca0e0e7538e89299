"""Wrong passwords close an account to an address for a while, and to everybody after many more.

Counted in Redis, in process while it is away. Not by address alone (a company behind one address would lock itself
out) and not for everybody at once (a stranger could lock anybody out): see docs/adr/0009-access.md.
"""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError

EVERYBODY_FACTOR = 10  # wrong attempts from all addresses together that close an account to all of them
_local = LocMemCache("lockout", {})


def is_locked(username: str, address: str) -> bool:
    """Too many wrong attempts of late."""
    limit: int = settings.LOGIN_LOCK_AFTER
    return _count(_pair(username, address)) >= limit or _count(_name(username)) >= limit * EVERYBODY_FACTOR


def note_failure(username: str, address: str) -> bool:
    """Counts; True when this attempt closed the account to the address."""
    _add(_name(username))
    return _add(_pair(username, address)) == settings.LOGIN_LOCK_AFTER


def forgive(username: str, address: str) -> None:
    """A right password ends the count of its address."""
    key = _pair(username, address)
    try:
        cache.delete(key)
    except RedisError:
        _local.delete(key)


def _pair(username: str, address: str) -> str:
    return _name(f"{username}\n{address}")


def _name(text: str) -> str:
    return f"lockout:{hashlib.sha256(text.lower().encode()).hexdigest()}"


def _count(key: str) -> int:
    try:
        return int(cache.get(key) or 0)
    except RedisError:
        return int(_local.get(key) or 0)


def _add(key: str) -> int:
    seconds: int = settings.LOGIN_LOCK_MINUTES * 60
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except RedisError:
        _local.add(key, 0, seconds)
        return int(_local.incr(key))
