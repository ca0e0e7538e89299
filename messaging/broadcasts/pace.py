"""How many messages to many a session may send now.

`pace`: {per_minute, per_hour, per_day, jitter, batch_size, batch_pause, first_contacts_per_day, warm_up_start,
warm_up_growth}; each optional, 0 or absent: no limit. Caps hold for any 60 seconds, 60 minutes and 24 hours, over all
broadcasts of the session, and are counted from what was fed, so that no death of a process forgets any of it.
"""

import math
import random
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sessions_app.models import Session

from .models import BroadcastRecipient, Pacer

WINDOW = 50  # rows of a session that wait in the outbox at most; a pause takes them back
SPANS = (
    ("per_minute", timedelta(minutes=1)),
    ("per_hour", timedelta(hours=1)),
    ("per_day", timedelta(days=1)),
)
DAY = timedelta(days=1)


def room(pace: Mapping[str, Any], session: Session, pacer: Pacer, now: datetime) -> int:
    """How many may be fed at this moment."""
    if pacer.next_at and pacer.next_at > now:
        return 0
    limits = {name: int(pace.get(name) or 0) for name, _ in SPANS}
    if (ramp := warm_up(pace, session, now)) is not None:
        limits["per_day"] = min(limits["per_day"] or ramp, ramp)
    # With a pace no bursts: what a second is worth, which is one up to 60 a minute.
    left = math.ceil(limits["per_minute"] / 60) if limits["per_minute"] else WINDOW
    if batch := int(pace.get("batch_size") or 0):
        left = min(left, batch - pacer.in_batch)
    for name, span in SPANS:
        if limits[name]:
            left = min(left, limits[name] - fed_since(session.pk, now - span, limits[name]))
    return max(0, left)


def first_contacts_left(pace: Mapping[str, Any], session: Session, now: datetime) -> int | None:
    """How many people whom the account has never talked to may still be written to; None: any number."""
    cap = int(pace.get("first_contacts_per_day") or 0)
    return max(0, cap - fed_since(session.pk, now - DAY, cap, first_contact=True)) if cap else None


def warm_up(pace: Mapping[str, Any], session: Session, now: datetime) -> int | None:
    """A young account's cap for the day: grows by a factor each day since it was linked."""
    start = int(pace.get("warm_up_start") or 0)
    if not start or session.paired_at is None:
        return None
    days = min(60, max(0, (now - session.paired_at).days))
    return int(start * float(pace.get("warm_up_growth") or 1.5) ** days)


def after(pace: Mapping[str, Any], pacer: Pacer, fed: int, now: datetime) -> dict[str, Any]:
    """The pacer's columns after `fed` messages: a jittered gap, and a rest when a batch is full."""
    gap = 0.0
    if per_minute := int(pace.get("per_minute") or 0):
        jitter = float(pace.get("jitter") or 0)
        # Only ever longer than the even gap: the cap of the minute holds with any jitter.
        gap = fed * 60 / per_minute * (1 + random.uniform(0, jitter))  # noqa: S311 keeps no secret
    in_batch = pacer.in_batch + fed
    if (batch := int(pace.get("batch_size") or 0)) and in_batch >= batch:
        gap, in_batch = max(gap, float(pace.get("batch_pause") or 0)), 0
    return {"next_at": now + timedelta(seconds=gap), "in_batch": in_batch}


def fed_since(session_id: uuid.UUID, since: datetime, most: int, **which: Any) -> int:
    """At most `most`; walks no further into the index than that."""
    rows = BroadcastRecipient.objects.filter(session_id=session_id, fed_at__gt=since, **which)
    return len(rows.order_by("-fed_at").values_list("pk")[:most])
