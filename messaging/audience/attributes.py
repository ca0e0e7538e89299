"""What a workspace knows of an addressee, by name: the variables of its messages."""

import re
from collections.abc import Mapping

from django.db.models import JSONField

MOST = 50
LONGEST = 500
NAME_LONGEST = 40
NAME = re.compile(r"[^\W\d_]\w{0,39}")


class BadAttributes(ValueError):
    """Its text says what is wrong with them."""


def attribute_name(heading: str) -> str:
    """A column's heading as a variable: `First name` -> `first_name`; empty if nothing is left of it."""
    letters = "".join(letter if letter.isalnum() else "_" for letter in heading.strip().lower())
    name = "_".join(part for part in letters.split("_") if part)[:NAME_LONGEST]
    name = f"n_{name}"[:NAME_LONGEST] if name[:1].isdigit() else name
    return f"{name}_" if name in _lookups() else name


def is_name(name: str) -> bool:
    """What may stand in a template and in a filter: never a word that a query would take for an operator."""
    return bool(NAME.fullmatch(name)) and "__" not in name and name not in _lookups()


def _lookups() -> set[str]:
    return {*JSONField().get_lookups(), "pk"}


def attributes_check(attributes: Mapping[str, str]) -> dict[str, str]:
    """Names that can be written in a template, values that fit."""
    if len(attributes) > MOST:
        raise BadAttributes(f"At most {MOST} attributes.")
    for name, value in attributes.items():
        if not is_name(name):
            raise BadAttributes(f"{name[:50]!r} is not a name: write letters, digits and _, at most {NAME_LONGEST}.")
        if len(value) > LONGEST:
            raise BadAttributes(f"The value of {name} is longer than {LONGEST} characters.")
    return dict(attributes)
