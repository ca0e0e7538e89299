"""What the event log holds about a person: envelopes stay, so that sequences have no gaps; payloads go."""

from collections.abc import Iterator
from typing import Any

from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.core.personal_data import Holding, Subject, holding_register

from .models import Event
from .publish import envelope

PAGE = 500
ERASED = {"erased": True}


def register() -> None:
    holding_register(Holding("events", ("events.Event",), export, erase))


def export(subject: Subject) -> Iterator[dict[str, Any]]:
    for event in _about(subject):
        yield envelope(event)


def erase(subject: Subject) -> int:
    return sum(Event.objects.filter(pk=event.pk).update(**_erased(subject)) for event in _about(subject))


def _erased(subject: Subject) -> dict[str, Any]:
    return bodies(subject.workspace_id, payload=ERASED)


def _about(subject: Subject) -> Iterator[Event]:
    """Looked for in the payloads themselves, since a person may be anywhere in them."""
    rows = Event.objects.filter(workspace_id=subject.workspace_id).order_by("id")
    page = list(rows[:PAGE])
    while page:
        yield from (event for event in page if subject.is_in(event.payload))
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])
