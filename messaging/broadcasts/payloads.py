"""Broadcasts as programs see them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from messaging.payloads import phone_of
from sessions_app.models import Session
from whatsapp_api.core.formats import iso

from .holding import blocked
from .models import Broadcast, BroadcastRecipient, Pacer, RecipientState

Payload = dict[str, Any]


def counts_of(broadcast_id: uuid.UUID) -> dict[str, int]:
    """How many recipients are in each state: counted in an index, so never off."""
    return counts_of_many([broadcast_id])[broadcast_id]


def counts_of_many(broadcast_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """One query for any number of broadcasts."""
    rows = BroadcastRecipient.objects.filter(broadcast_id__in=broadcast_ids).order_by()
    all_counts = {pk: dict.fromkeys(["total", *RecipientState.values], 0) for pk in broadcast_ids}
    for pk, state, count in rows.values_list("broadcast_id", "state").annotate(count=Count("pk")):
        all_counts[pk][state] = count
        all_counts[pk]["total"] += count
    return all_counts


def broadcast_payload(broadcast: Broadcast, counts: dict[str, int] | None = None) -> Payload:
    return {
        "id": str(broadcast.pk),
        "workspace": str(broadcast.workspace_id),
        "name": broadcast.name,
        "state": broadcast.state,
        "reason": broadcast.reason or None,
        "sessions": broadcast.session_ids,
        "audience": broadcast.audience,
        "variants": broadcast.variants,
        "previews": list(broadcast.previews.values()),
        "pace": broadcast.pace,
        "hours": broadcast.hours,
        "options": broadcast.options,
        "scheduled_at": iso(broadcast.scheduled_at),
        "ends_at": iso(broadcast.ends_at),
        "time_zone": broadcast.time_zone,
        "recurrence": broadcast.recurrence or None,
        "series": str(broadcast.series_id) if broadcast.series_id else None,
        "expanded": broadcast.expanded_at is not None,
        "counts": counts if counts is not None else counts_of(broadcast.pk),
        "created_at": iso(broadcast.created_at),
        "started_at": iso(broadcast.started_at),
        "finished_at": iso(broadcast.finished_at),
    }


def status_payload(broadcast: Broadcast) -> Payload:
    """What the events say: no contents, no addresses."""
    names = ("id", "name", "state", "reason", "counts", "scheduled_at", "started_at", "finished_at")
    return {name: value for name, value in broadcast_payload(broadcast).items() if name in names}


def recipient_payload(row: BroadcastRecipient) -> Payload:
    return {
        "id": str(row.pk),
        "jid": row.jid,
        "phone": phone_of(row.jid),
        "addressee": str(row.addressee_id) if row.addressee_id else None,
        "session": str(row.session_id) if row.session_id else None,
        "state": row.state,
        "reason": row.reason or None,
        "variant": row.variant,
        "message": str(row.message_id) if row.message_id else None,
        "due_at": iso(row.due_at),
        "queued_at": iso(row.fed_at),
        "changed_at": iso(row.changed_at),
    }


def shares_payload(broadcast: Broadcast, now: datetime | None = None) -> list[Payload]:
    """How far each session is with its share, and what holds it up."""
    now = now or timezone.now()
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast).order_by()
    counted = list(rows.values_list("session_id", "state").annotate(count=Count("pk")))
    sessions = Session.objects.filter(workspace_id=broadcast.workspace_id, pk__in=broadcast.session_ids)
    pacers = {pacer.session_id: pacer for pacer in Pacer.objects.filter(session__in=sessions)}
    return [_share(session, pacers.get(session.pk) or Pacer(), counted, now) for session in sessions.order_by("id")]


def _share(session: Session, pacer: Pacer, counted: list[Any], now: datetime) -> Payload:
    reason, until = blocked(session, pacer, now)
    return {
        "session": str(session.pk),
        "name": session.name,
        "counts": {state: count for pk, state, count in counted if pk == session.pk},
        "blocked": {"reason": reason, "until": iso(until)} if reason else None,
    }
