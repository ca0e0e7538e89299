"""Everything about a phone number: each app that stores something registers how to export and erase it."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .phones import phone_digits


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as WhatsApp knows one, in one workspace."""

    workspace_id: uuid.UUID
    digits: str  # E.164 without +
    lids: frozenset[str] = frozenset()  # addresses without phone number, as far as known

    @property
    def jids(self) -> list[str]:
        """Every address of the person."""
        return [f"{self.digits}@s.whatsapp.net", *sorted(self.lids)]

    @property
    def marks(self) -> list[str]:
        """Texts that give the person away."""
        return [self.digits, *(lid.partition("@")[0] for lid in sorted(self.lids))]

    def is_in(self, value: Any) -> bool:
        """Does this JSON speak of the person?"""
        text = json.dumps(value, default=str)
        return any(mark in text for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of rows. `models`: the labels that it answers for (a test compares them with all tables)."""

    name: str
    models: tuple[str, ...]
    export: Callable[[Subject], Iterator[dict[str, Any]]]
    erase: Callable[[Subject], int]
    order: int = 50  # low ones first: what finds its rows through others' must go before them


_holdings: list[Holding] = []
_lid_finders: list[Callable[[uuid.UUID, str], set[str]]] = []


def holding_register(holding: Holding) -> None:
    _holdings.append(holding)


def lid_finder_register(finder: Callable[[uuid.UUID, str], set[str]]) -> None:
    """`finder(workspace, jid)` answers the LIDs that are known of a person."""
    _lid_finders.append(finder)


def holdings() -> list[Holding]:
    return sorted(_holdings, key=lambda holding: holding.order)


def subject_of(workspace_id: uuid.UUID, phone: str) -> Subject:
    """Raises BadPhone."""
    digits = phone_digits(phone)
    jid = f"{digits}@s.whatsapp.net"
    lids = {lid for find in _lid_finders for lid in find(workspace_id, jid) if lid}
    return Subject(workspace_id, digits, frozenset(lids))


def contact_export(subject: Subject) -> dict[str, Any]:
    """All that is stored about the person, by kind."""
    found = {holding.name: list(holding.export(subject)) for holding in holdings()}
    return {"phone": f"+{subject.digits}", "addresses": subject.jids, **found}


def contact_erase(subject: Subject) -> dict[str, int]:
    """Remove it; how many rows of each kind. Repeating it does no harm."""
    return {holding.name: holding.erase(subject) for holding in holdings()}
