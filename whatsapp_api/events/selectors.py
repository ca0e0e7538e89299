"""Reading the event log."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from .models import Event, EventCounter
from .subscriptions import Wanted


def last_sequences(workspace_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The last number given out in each workspace; every event up to it is committed."""
    wanted = list(workspace_ids)
    known = dict(EventCounter.objects.filter(pk__in=wanted).values_list("pk", "value"))
    return {workspace_id: known.get(workspace_id, 0) for workspace_id in wanted}


def first_sequence(workspace_id: uuid.UUID) -> int | None:
    """The oldest number that is still kept."""
    rows = Event.objects.filter(workspace_id=workspace_id).order_by("sequence")
    return rows.values_list("sequence", flat=True).first()


def events_between(workspace_id: uuid.UUID, after: int, upto: int, wanted: Wanted, limit: int) -> list[Event]:
    """The oldest `limit` wanted events with a number in (after, upto], in order."""
    return list(log(workspace_id, after, upto, wanted)[:limit])


def log(workspace_id: uuid.UUID, after: int, upto: int, wanted: Wanted) -> QuerySet[Event]:
    """Wanted events with a number in (after, upto], oldest first."""
    rows = Event.objects.filter(workspace_id=workspace_id, sequence__gt=after, sequence__lte=upto)
    if wanted.sessions:
        rows = rows.filter(session_id__in=list(wanted.sessions))
    if wanted.types:
        rows = rows.filter(type__in=list(wanted.types))
    return rows.order_by("sequence")
