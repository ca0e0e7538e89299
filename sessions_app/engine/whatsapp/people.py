"""Who is who: the phone number behind a LID and the other way round, for events that carry only one of them."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sessions_app.engine.base import Person
from sessions_app.engine.gate import gate

from . import jids
from .library import NeonizeError

REMEMBERED = 5000

Complete = Callable[[Person], Person]
"""Fills in the address of a person that was not told."""


class People:
    """The pairs of addresses that one session has met."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._phones: OrderedDict[str, str] = OrderedDict()

    def complete(self, person: Person) -> Person:
        """The person with the phone number, if this session knows it. Quick: called from callbacks."""
        if person.lid and person.jid:
            self._remember(person)
        elif person.lid:
            return Person(jid=self._phones.get(person.lid) or self._ask(person.lid), lid=person.lid)
        return person

    def known(self, person: Person) -> Person:
        """The same inside a call, which has passed the gate already."""
        if person.lid and not person.jid:
            jid = self._phones.get(person.lid) or jids.text(self._client.get_pn_from_lid(jids.parse(person.lid)))
            return Person(jid=jid, lid=person.lid)
        return person

    def _ask(self, lid: str) -> str:
        with gate.brief_entry() as entered:
            if not entered:
                return ""
            try:
                jid = jids.text(self._client.get_pn_from_lid(jids.parse(lid)))
            except NeonizeError:
                return ""
        if jid:
            self._remember(Person(jid=jid, lid=lid))
        return jid

    def _remember(self, person: Person) -> None:
        self._phones[person.lid] = person.jid
        self._phones.move_to_end(person.lid)
        if len(self._phones) > REMEMBERED:
            self._phones.popitem(last=False)
