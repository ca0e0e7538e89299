"""Filling in `{{variables}}`.

One pass of replacement: no logic, no attributes, no formats, and nothing in a value is read again.
"""

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,39})\s*\}\}")
BRACES = re.compile(r"\{\{.*?\}\}|\{\{|\}\}", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
VARIABLES_AT_MOST = 50
VALUE_LIMIT = 4096
RENDERED_LIMIT = 200_000  # characters in all: a template of many placeholders must not blow values up


def variables_of(fields: Any) -> set[str]:
    """Names of all placeholders in the texts of a structure."""
    return {name for text in _texts(fields) for name in PLACEHOLDER.findall(text)}


def malformed_of(fields: Any) -> str:
    """The first pair of braces that is no placeholder, or empty."""
    for text in _texts(fields):
        for part in BRACES.findall(text):
            if not PLACEHOLDER.fullmatch(part):
                return str(part)[:80]
    return ""


def render(fields: Any, values: Mapping[str, str], defaults: Mapping[str, str]) -> Any:
    """The structure with its placeholders replaced. Raises ValidationError that names missing and unknown variables."""
    wanted = variables_of(fields)
    errors = {name: ["The template has no such variable."] for name in sorted(set(values) - wanted)}
    known = {**defaults, **values}
    errors |= {name: ["Give a value; the template needs it."] for name in sorted(wanted - set(known))}
    if errors:
        raise ValidationError({"variables": errors})
    left = [RENDERED_LIMIT]
    return _filled(fields, known, left)


def _filled(part: Any, values: Mapping[str, str], left: list[int]) -> Any:
    if isinstance(part, str):
        text = PLACEHOLDER.sub(lambda match: values[match[1]], part)
        left[0] -= len(text)
        if left[0] < 0:
            raise ValidationError({"variables": ["With these values the message is too long."]})
        return text
    if isinstance(part, dict):
        return {name: _filled(value, values, left) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values, left) for value in part]
    return part


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [text for each in parts for text in _texts(each)]
