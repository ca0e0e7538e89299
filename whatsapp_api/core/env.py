"""Typed reading of environment variables, failing loudly. `NAME_FILE` names a file that holds the value of NAME."""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .networks import network

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}
RATE = r"^[1-9][0-9]{0,6}/[smhd]\Z"


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the stripped content of the file that NAME_FILE names, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from error
    return os.environ.get(name, default)


def boolean(name: str, default: bool) -> bool:
    value = text(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, on, off")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    value = text(name, str(default)).strip()
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A comma separated list; empty items are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def rate(name: str, default: str) -> str:
    """So many per second, minute, hour or day: `20/m`."""
    value = text(name, default).strip()
    if not re.match(RATE, value):
        raise ImproperlyConfigured(f"{name} must look like 20/m: a number per s, m, h or d")
    return value


def rate_or_none(name: str, default: str) -> str:
    """A rate, or `0` for no limit: then empty."""
    return "" if text(name, default).strip() == "0" else rate(name, default)


def networks(name: str, default: str = "") -> list[str]:
    """A comma separated list of addresses and ranges."""
    found = words(name, default)
    for word in found:
        try:
            network(word)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {word!r} is no address or range such as 203.0.113.0/24") from error
    return found


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default).strip().lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}")
    return value
