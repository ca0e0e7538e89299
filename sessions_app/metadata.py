"""Metadata of a session: what its users want to remember about it. The platform keeps it and gives it back."""

import json
from typing import Any

MOST_KEYS = 50
LONGEST_KEY = 64
MOST_BYTES = 4096


class BadMetadata(ValueError):
    """Its text says what is wrong with it."""


def metadata_clean(value: Any) -> dict[str, str]:
    """The same, if it is a small JSON object of strings."""
    if not isinstance(value, dict):
        raise BadMetadata('Must be an object of strings, such as {"customer": "1234"}.')
    if len(value) > MOST_KEYS:
        raise BadMetadata(f"At most {MOST_KEYS} keys.")
    for key, text in value.items():
        _check(key, text)
    if len(json.dumps(value, ensure_ascii=False).encode(errors="replace")) > MOST_BYTES:
        raise BadMetadata(f"At most {MOST_BYTES} bytes as JSON.")
    return dict(value)


def _check(key: Any, text: Any) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise BadMetadata(f"A key has 1 to {LONGEST_KEY} characters.")
    if "." in key or "$" in key:  # these mean something to MongoDB
        raise BadMetadata(f"The key {key!r} has a dot or a dollar sign in it.")
    if not isinstance(text, str):
        raise BadMetadata(f"The value of {key!r} is not a string.")
    if not _storable(key + text):
        raise BadMetadata(f"{key!r} holds characters that no database keeps.")


def _storable(text: str) -> bool:
    """No NUL, and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
