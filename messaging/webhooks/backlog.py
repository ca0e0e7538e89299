"""How far deliveries are behind the event log: for `/api/health` and Prometheus."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Min
from django.utils import timezone

from whatsapp_api.core.gauges import Gauge, Samples, gauges_register
from whatsapp_api.core.health import Finding, degraded, hosts_register, ok, part_register
from whatsapp_api.events.models import Event, EventCounter

from .models import Delivery, DeliveryState, DeliveryWorker, Endpoint

LATE_SECONDS = 60.0
SILENT_SECONDS = 3.2  # one sign missed; with the second for which an answer counts it is known within five
FORGOTTEN_SECONDS = 15.0  # others have long taken over
HOSTS = 3
NOBODY = uuid.UUID(int=0)
PENDING = (DeliveryState.RETRYING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Backlog:
    """`untried`: events after the cursor of an endpoint; `pending`: deliveries to be tried again. Ages in seconds."""

    untried: int
    untried_age: float
    pending: int
    pending_age: float


def register() -> None:
    part_register("webhooks", webhooks)
    part_register("delivery", delivery, begins=True)
    hosts_register("webhooks", hosts)
    gauges_register("webhooks", gauges)


def backlog() -> Backlog:
    """Some queries, whatever the number of endpoints."""
    heads = dict(EventCounter.objects.values_list("workspace_id", "value"))
    active = Endpoint.objects.filter(enabled=True, deleted_at=None, resting_until=None).order_by()
    behind = [
        (heads.get(workspace, 0) - cursor, workspace, cursor)
        for workspace, cursor in active.values_list("workspace_id", "cursor")
    ]
    untried = sum(max(0, count) for count, _, _ in behind)
    pending = Delivery.objects.filter(state__in=PENDING).order_by()
    oldest = pending.aggregate(at=Min("created_at"))["at"]
    return Backlog(untried, _age(_first_after(behind)), pending.count(), _age(oldest))


def webhooks() -> Finding:
    """A receiver that refuses is its owner's business; what was never tried is ours."""
    now = backlog()
    detail = {
        "untried": now.untried,
        "untried_seconds": round(now.untried_age, 1),
        "retrying": now.pending,
        "retrying_seconds": round(now.pending_age, 1),
    }
    if now.untried_age > LATE_SECONDS:
        return degraded(f"Webhooks are {now.untried_age:.0f} s behind: does a worker run?", **detail)
    return ok(**detail)


def delivery() -> Finding:
    """The processes that deliver; those of a worker that died are nobody's concern once others took over."""
    now = timezone.now()
    ages = [(now - at).total_seconds() for at in DeliveryWorker.objects.order_by().values_list("seen_at", flat=True)]
    lively = sum(age <= SILENT_SECONDS for age in ages)
    silent = sum(SILENT_SECONDS < age <= FORGOTTEN_SECONDS for age in ages)
    detail = {"processes": lively, "silent": silent}
    if not lively:
        return degraded("No process delivers webhooks: they wait.", **detail)
    if silent:
        return degraded(f"Processes that deliver webhooks have fallen silent: {silent}. Others take over.", **detail)
    return ok(**detail)


def hosts() -> list[str]:
    """Of some receivers, those first that were reached last."""
    rows = Endpoint.objects.filter(enabled=True, deleted_at=None).order_by("-last_success_at", "-id")
    return [urlsplit(url).hostname or "" for url in rows.values_list("url", flat=True)[:HOSTS]]


def gauges() -> Iterator[Gauge]:
    now = backlog()
    counts: Samples = [(("untried",), float(now.untried)), (("retrying",), float(now.pending))]
    yield Gauge("wa_webhook_backlog", "Events not delivered yet, over all webhooks.", ("state",), counts)
    ages: Samples = [(("untried",), now.untried_age), (("retrying",), now.pending_age)]
    yield Gauge("wa_webhook_oldest_seconds", "Age of the oldest of them.", ("state",), ages)


def _first_after(behind: list[tuple[int, uuid.UUID, int]]) -> datetime | None:
    """When the event came that the endpoint farthest behind has to deliver next."""
    count, workspace, cursor = max(behind, default=(0, NOBODY, 0), key=lambda each: each[0])
    if count <= 0:
        return None
    later = Event.objects.filter(workspace_id=workspace, sequence__gt=cursor).order_by("sequence")
    return later.values_list("created_at", flat=True).first()


def _age(at: datetime | None) -> float:
    return max(0.0, (timezone.now() - at).total_seconds()) if at else 0.0
