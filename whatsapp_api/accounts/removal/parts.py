"""What a workspace consists of. Apps whose things are more than rows register how to be rid of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import CASCADE, QuerySet

from whatsapp_api.accounts.models import Membership, Workspace
from whatsapp_api.core.purge import purge_page

Remove = Callable[[uuid.UUID], int]
"""Removes some; how many. 0 while something is left means that others have to act first."""


@dataclass(frozen=True, slots=True)
class Part:
    """`left`: how many there are. `order`: low ones first, whose removal makes more of the others."""

    name: str
    left: Callable[[uuid.UUID], int]
    remove: Remove
    order: int = 50


_registered: list[Part] = []


def part_register(part: Part) -> None:
    _registered.append(part)


def parts() -> list[Part]:
    """Those that were registered, then every table whose rows belong to a workspace."""
    return [*sorted(_registered, key=lambda part: part.order), *_tables()]


def _tables() -> list[Part]:
    """Memberships go with the workspace itself: who asked looks on until then."""
    relations = [each for each in Workspace._meta.related_objects if getattr(each, "on_delete", None) is CASCADE]
    return [_table(each.related_model, each.field.name) for each in relations if each.related_model is not Membership]


def _table(model: type, field: str) -> Part:
    def rows(workspace_id: uuid.UUID) -> QuerySet:  # type: ignore[type-arg]
        return model._default_manager.filter(**{field: workspace_id})  # type: ignore[attr-defined,no-any-return]

    return Part(
        str(model._meta.verbose_name_plural),  # type: ignore[attr-defined]
        left=lambda workspace_id: rows(workspace_id).count(),
        remove=lambda workspace_id: purge_page(rows(workspace_id)),
    )
