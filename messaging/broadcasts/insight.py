"""How a broadcast goes: rate, expected end, reasons, what happened when."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncHour, TruncMinute
from django.utils import timezone

from whatsapp_api.core.formats import iso

from .models import Broadcast, BroadcastRecipient, BroadcastState, RecipientState
from .payloads import counts_of, shares_payload

RATE_OVER = timedelta(minutes=5)
BY_MINUTE = timedelta(hours=3)
POINTS = 500


def insight(broadcast: Broadcast) -> dict[str, Any]:
    counts = counts_of(broadcast.pk)
    rate = _rate(broadcast)
    left = counts["pending"] + counts["queued"]
    runs = broadcast.state == BroadcastState.RUNNING
    ends = timezone.now() + timedelta(minutes=left / rate) if runs and rate and left else None
    return {
        "state": broadcast.state,
        "reason": broadcast.reason or None,
        "counts": counts,
        "rate_per_minute": round(rate, 1),
        "estimated_end": iso(ends),
        "reasons": _reasons(broadcast),
        "sessions": shares_payload(broadcast),
        "timeline": _timeline(broadcast),
    }


def _rate(broadcast: Broadcast) -> float:
    """Messages a minute, over the last five or since it began."""
    if broadcast.started_at is None:
        return 0.0
    now = timezone.now()
    span = min(RATE_OVER, now - broadcast.started_at)
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, fed_at__gt=now - RATE_OVER)
    return rows.count() / max(span.total_seconds() / 60, 1 / 60)


def _reasons(broadcast: Broadcast) -> list[dict[str, Any]]:
    states = (RecipientState.SKIPPED, RecipientState.FAILED, RecipientState.UNCONFIRMED)
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, state__in=states).order_by()
    found = rows.values_list("state", "reason").annotate(count=Count("pk"))
    listed = [{"state": state, "reason": reason, "count": count} for state, reason, count in found]
    return sorted(listed, key=lambda each: -each["count"])


def _timeline(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Messages by minute, or by hour of a long one."""
    ends = broadcast.finished_at or timezone.now()
    short = broadcast.started_at is None or ends - broadcast.started_at < BY_MINUTE
    cut = TruncMinute("fed_at") if short else TruncHour("fed_at")
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, fed_at__isnull=False).order_by()
    found = dict(rows.annotate(at=cut).values_list("at").annotate(count=Count("pk")))
    return [{"at": iso(at), "count": found[at]} for at in sorted(found)[-POINTS:]]
