"""Broadcasts whose time has come: claimed by compare-and-set, however many beats there are."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from messaging.broadcasts.models import Broadcast, BroadcastState
from messaging.broadcasts.recurrence import next_time
from messaging.broadcasts.services import broadcast_clone, broadcast_fail, is_late, status_publish
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict

PAGE = 100


def due_begin(now: datetime | None = None) -> int:
    """How many began."""
    now = now or timezone.now()
    due = Broadcast.objects.filter(state=BroadcastState.SCHEDULED, scheduled_at__lte=now).order_by("scheduled_at")
    return sum(_begin(broadcast, now) for broadcast in list(due[:PAGE]))


def _begin(broadcast: Broadcast, now: datetime) -> bool:
    if broadcast.recurrence:
        return _recur(broadcast, now)
    if is_late(broadcast, now):
        try:
            broadcast_fail(broadcast, reason="too_late")
        except Conflict:
            pass
        return False
    return _run(broadcast, now)


@retry_conflicts
def _run(broadcast: Broadcast, now: datetime) -> bool:
    with atomic():
        rows = Broadcast.objects.filter(pk=broadcast.pk, state=BroadcastState.SCHEDULED)
        if not rows.update(state=BroadcastState.RUNNING, started_at=now, revision=F("revision") + 1):
            return False
        status_publish(broadcast)
    return True


@retry_conflicts
def _recur(series: Broadcast, now: datetime) -> bool:
    """One broadcast for this time, and the series moves on to the next: both or neither.

    Times that passed during an outage are made up for once, not once each.
    """
    assert series.scheduled_at is not None
    following = next_time(series.recurrence, series.scheduled_at, series.time_zone, now)
    fields = {"scheduled_at": following} if following else {"state": BroadcastState.FINISHED, "finished_at": now}
    with atomic():
        rows = Broadcast.objects.filter(pk=series.pk, state=BroadcastState.SCHEDULED, scheduled_at=series.scheduled_at)
        if not rows.update(**fields):
            return False
        late = is_late(series, now)
        if not late:
            columns = {"state": BroadcastState.RUNNING, "started_at": now, "scheduled_at": series.scheduled_at}
            status_publish(broadcast_clone(series, series_id=series.pk, **columns))
        status_publish(series)
    return not late
