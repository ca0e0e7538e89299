"""Which columns hold sealed secrets, and their rotation to the current master key.

A model that keeps a sealed value registers the field; `manage.py masterkey_rotate` then finds it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from .crypto import SealBroken, current_prefix, reseal
from .master_key import MasterKeyError

PAGE = 200


@dataclass(frozen=True, slots=True)
class SealedField:
    """`context` gives what a row's value was sealed for; `stamp` names a date field to write with a new value."""

    model: type[Model]
    name: str
    context: Callable[[Any], str]
    stamp: str = ""

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


@dataclass(slots=True)
class Rotation:
    """How one field fared. `moved` values changed under us meanwhile and are looked at again by the next run."""

    field: SealedField
    stale: int = 0
    resealed: int = 0
    moved: int = 0
    failed: int = 0
    error: str = ""


_fields: list[SealedField] = []


def sealed_field_register(field: SealedField) -> None:
    _fields.append(field)


def sealed_fields() -> list[SealedField]:
    return list(_fields)


def rotate(field: SealedField, *, dry_run: bool = False, page: int = PAGE) -> Rotation:
    """Seal every old value anew. What is done needs no repeating, so it can be broken off and run again at any time."""
    result = Rotation(field)
    for rows in _pages(field, page):
        for row in rows:
            result.stale += 1
            if not dry_run:
                _rotate_row(field, row, result)
    return result


def stale(field: SealedField) -> QuerySet[Any]:
    """Rows whose value is not under the current master key."""
    rows = field.model._default_manager.exclude(**{field.name: ""})
    return rows.exclude(**{f"{field.name}__startswith": current_prefix()})


def _pages(field: SealedField, size: int) -> Iterator[list[Any]]:
    rows = stale(field).order_by("pk")
    page = list(rows[:size])
    while page:
        yield page
        page = list(rows.filter(pk__gt=page[-1].pk)[:size])


def _rotate_row(field: SealedField, row: Any, result: Rotation) -> None:
    old = getattr(row, field.name)
    try:
        new = reseal(old, context=field.context(row))
    except (MasterKeyError, SealBroken) as error:
        result.failed += 1
        result.error = str(error)
        return
    changes: dict[str, Any] = {field.name: new}
    if field.stamp:
        changes[field.stamp] = timezone.now()
    # Only if nobody wrote or wiped it meanwhile.
    rows = field.model._default_manager.filter(**{"pk": row.pk, field.name: old})
    if rows.update(**changes):
        result.resealed += 1
    else:
        result.moved += 1
