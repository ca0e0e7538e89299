"""What the delivery loop reads and writes. Every write is conditional on the endpoint's owner."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from messaging.webhooks.models import Delivery, DeliveryState, Endpoint, HourFigures, Replay, ReplayState
from whatsapp_api.accounts.bodies.keys import seals
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import Event
from whatsapp_api.events.publish import envelope

from .outcome import PENDING

COLUMNS = ("state", "next_at", "step", "attempts", "log", "status", "error", "ms", "settled_at")


class LeaseLost(Exception):
    """Another process delivers to this endpoint now, or it has been changed; nothing was stored."""


@dataclass(slots=True, kw_only=True)
class Step:
    """How far a replay has come."""

    replay_id: uuid.UUID
    position: int
    delivered: int
    failed: int


@dataclass(slots=True, kw_only=True)
class Batch:
    """Outcomes to store together; `endpoint` holds columns of its row, the cursor among them."""

    endpoint_id: uuid.UUID
    workspace_id: uuid.UUID
    owner: str
    version: int
    endpoint: dict[str, Any]
    new: list[Delivery] = field(default_factory=list)
    changed: list[Delivery] = field(default_factory=list)
    replays: list[Step] = field(default_factory=list)
    succeeded: int = 0
    failed: int = 0
    ms: int = 0
    slowest_ms: int = 0


def batch_store(batch: Batch) -> None:
    """One transaction; raises LeaseLost."""
    if seals(batch.workspace_id):
        _answers_drop(batch)
    try:
        _store(batch, in_bulk=True)
    except IntegrityError:  # a replay had gone before the cursor and left rows
        _store(batch, in_bulk=False)


def _answers_drop(batch: Batch) -> None:
    """Receivers like to repeat what they were sent; nothing of it is kept in clear."""
    for row in [*batch.new, *batch.changed]:
        row.log = [{**entry, "body": ""} for entry in row.log]


@retry_conflicts
def _store(batch: Batch, *, in_bulk: bool) -> None:
    with atomic():
        # Not after a change either: what happened since then is read again, and delivered as people want it now.
        rows = Endpoint.objects.filter(pk=batch.endpoint_id, owner=batch.owner, version=batch.version)
        if not rows.update(**batch.endpoint):
            raise LeaseLost
        if in_bulk:
            Delivery.objects.bulk_create(batch.new)
        for row in batch.changed if in_bulk else [*batch.new, *batch.changed]:
            if not Delivery.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in COLUMNS}):
                row.save(force_insert=True)
        for step in batch.replays:
            _replay_step(step)
        _figures_add(batch)


def _replay_step(step: Step) -> None:
    rows = Replay.objects.filter(pk=step.replay_id, state=ReplayState.RUNNING)
    rows.update(position=step.position, delivered=F("delivered") + step.delivered, failed=F("failed") + step.failed)
    Replay.objects.filter(pk=step.replay_id, state=ReplayState.RUNNING, upto__lte=step.position).update(
        state=ReplayState.DONE
    )


def _figures_add(batch: Batch) -> None:
    if not batch.succeeded + batch.failed:
        return
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = HourFigures.objects.filter(endpoint_id=batch.endpoint_id, hour=hour)
    known = rows.values_list("slowest_ms", flat=True).first()
    if known is None:
        HourFigures.objects.create(endpoint_id=batch.endpoint_id, hour=hour)
    rows.update(
        succeeded=F("succeeded") + batch.succeeded,
        failed=F("failed") + batch.failed,
        ms=F("ms") + batch.ms,
        slowest_ms=max(known or 0, batch.slowest_ms),
    )


def rows_due(endpoint_id: uuid.UUID, now: datetime, limit: int) -> list[tuple[Delivery, dict[str, Any] | None]]:
    """Deliveries whose next attempt is due, oldest first, each with its event (None: no longer kept)."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, state=DeliveryState.RETRYING, next_at__lte=now)
    return _with_events(rows.order_by("next_at")[:limit])


def rows_hasten(endpoint_id: uuid.UUID) -> None:
    """The receiver is back: what failed while it was away is due now."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, state=DeliveryState.RETRYING)
    rows.update(next_at=timezone.now())


def rows_waiting(endpoint_id: uuid.UUID, key: str, limit: int) -> list[tuple[Delivery, dict[str, Any] | None]]:
    """What waits behind the head of a chat, in order."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, order_key=key, state=DeliveryState.WAITING)
    return _with_events(rows.order_by("sequence")[:limit])


def _with_events(rows: Iterable[Delivery]) -> list[tuple[Delivery, dict[str, Any] | None]]:
    found = list(rows)
    events = {event.pk: event for event in Event.objects.filter(pk__in=[row.event_id for row in found])}
    return [(row, envelope(events[row.event_id]) if row.event_id in events else None) for row in found]


def rows_known(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Delivery]:
    return {row.pk: row for row in Delivery.objects.filter(pk__in=list(ids))}


def pending_keys(endpoint_id: uuid.UUID) -> tuple[dict[str, set[uuid.UUID]], set[str]]:
    """Chats with unsettled rows, and those among them that have lost their head: a crash came in between."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, state__in=PENDING)
    pending: dict[str, set[uuid.UUID]] = {}
    headed: set[str] = set()
    for pk, key, state in rows.values_list("pk", "order_key", "state").iterator(chunk_size=1000):
        pending.setdefault(key, set()).add(pk)
        if state == DeliveryState.RETRYING:
            headed.add(key)
    return pending, pending.keys() - headed


def waiting_release(endpoint_id: uuid.UUID) -> None:
    """For an endpoint that is not strict any more."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id, state=DeliveryState.WAITING)
    rows.update(state=DeliveryState.RETRYING, next_at=timezone.now())
