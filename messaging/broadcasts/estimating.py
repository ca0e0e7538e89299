"""How long a broadcast will take at its pace and hours, walked through day by day."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sessions_app.models import Session

from . import pace as pacing
from .hours import parse_time
from .models import Broadcast

FASTEST = 600.0  # a minute, of a session without a pace
MOST_DAYS = 3660
DAY_MINUTES = 24 * 60


def estimate(
    broadcast: Broadcast, sessions: Iterable[Session], recipients: int, first_contacts: int, now: datetime
) -> float | None:
    """Seconds from its beginning to the last message; None: it does not end within ten years.

    On average, if the sessions share the load evenly and stay connected.
    """
    sessions = list(sessions)
    if not recipients or not sessions:
        return 0.0
    pace, start = broadcast.pace, broadcast.scheduled_at or now
    rate, minutes = _rate(pace) * len(sessions), open_minutes(broadcast.hours)
    left, strangers = float(recipients), float(first_contacts)
    for day in range(MOST_DAYS):
        moment = start + timedelta(days=day)
        if not _is_allowed(broadcast.hours, moment):
            continue
        cap = _cap(pace, sessions, moment, rate * minutes)
        met = min(strangers, _strangers(pace, len(sessions)), cap)
        sent = min(left, met + min(cap - met, left - strangers))
        left, strangers = left - sent, strangers - met
        if left < 1:
            return day * 86_400 + sent / rate * 60
        if not sent:
            return None
    return None


def open_minutes(hours: dict[str, Any]) -> int:
    """Of a day."""
    if not hours.get("opens"):
        return DAY_MINUTES
    opens, closes = parse_time(hours["opens"]), parse_time(hours["closes"])
    return ((closes.hour - opens.hour) * 60 + closes.minute - opens.minute - 1) % DAY_MINUTES + 1


def _rate(pace: dict[str, Any]) -> float:
    """Messages a minute of one session."""
    rate = FASTEST
    if per_minute := int(pace.get("per_minute") or 0):
        rate = per_minute / (1 + float(pace.get("jitter") or 0) / 2)
    if per_hour := int(pace.get("per_hour") or 0):
        rate = min(rate, per_hour / 60)
    if batch := int(pace.get("batch_size") or 0):
        rate = batch / (batch / rate + float(pace.get("batch_pause") or 0) / 60)
    return rate


def _cap(pace: dict[str, Any], sessions: list[Session], moment: datetime, most: float) -> float:
    """Messages of all sessions on that day."""
    per_day = int(pace.get("per_day") or 0)
    caps = [pacing.warm_up(pace, session, moment) for session in sessions]
    if not per_day and not any(cap is not None for cap in caps):
        return most
    limits = [min(each for each in (per_day or most, cap, most) if each is not None) for cap in caps]
    return min(most, float(sum(limits)))


def _strangers(pace: dict[str, Any], sessions: int) -> float:
    cap = int(pace.get("first_contacts_per_day") or 0)
    return float(cap * sessions) if cap else float("inf")


def _is_allowed(hours: dict[str, Any], moment: datetime) -> bool:
    return not hours.get("weekdays") or moment.isoweekday() in hours["weekdays"]
