"""What the audit trail never keeps: secrets, and texts of any length."""

import json
from typing import Any

SECRET_WORDS = ("password", "secret", "token", "credential", "digest", "private", "otp", "key_hash")
LONGEST = 500
MASK = "•••"


def redacted(values: Any) -> Any:
    """A JSON copy without secrets, long texts cut."""
    if isinstance(values, dict):
        return {
            str(name): MASK if _is_secret(str(name)) and value else redacted(value) for name, value in values.items()
        }
    if isinstance(values, list | tuple | set | frozenset):
        return [redacted(value) for value in list(values)[:100]]
    if values is None or isinstance(values, bool | int | float):
        return values
    text = str(values)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as it is stored."""
    changed = [name for name in after if _plain(before.get(name)) != _plain(after[name])]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def _masked(name: str, value: Any) -> Any:
    return MASK if value and _is_secret(name) else redacted(value)


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def _plain(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True)
