"""What begins when, recurring broadcasts included."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from whatsapp_api.core.formats import iso

from .models import Broadcast, BroadcastState
from .recurrence import times_between

MOST = 500


def planned_between(rows: QuerySet[Broadcast], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """By time; at most one more than MOST, so that callers can tell that there are more."""
    begun = Q(started_at__gte=since, started_at__lt=until)
    due = Q(started_at=None, scheduled_at__gte=since, scheduled_at__lt=until)
    recurring = Q(state=BroadcastState.SCHEDULED, scheduled_at__lt=until) & ~Q(recurrence="")
    # A series moves on as its times pass; those that passed are broadcasts of their own.
    found = rows.filter(begun | due | recurring).exclude(state=BroadcastState.CANCELLED, started_at=None)
    planned = [
        {
            "broadcast": str(row.pk),
            "name": row.name,
            "state": row.state,
            "at": iso(at),
            "recurring": bool(row.recurrence or row.series_id),
        }
        for row in found.order_by("-id")[: MOST + 1]
        for at in _times(row, since, until)
    ]
    return sorted(planned, key=lambda each: str(each["at"]))[: MOST + 1]


def _times(row: Broadcast, since: datetime, until: datetime) -> Iterator[datetime]:
    if row.started_at:
        yield row.started_at
    elif row.recurrence and row.scheduled_at:
        yield from times_between(row.recurrence, row.scheduled_at, row.time_zone, since, until)
    elif row.scheduled_at:
        yield row.scheduled_at
