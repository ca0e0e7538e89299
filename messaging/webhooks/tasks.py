"""Upkeep, and the test ping."""

import uuid
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from .models import Delivery, DeliveryState, Endpoint, HourFigures, Replay, ReplayState

PAGE = 1000
FIGURES_DAYS = 30


@shared_task(name="webhooks.ping")
def ping(endpoint_id: str, event_id: str) -> None:
    """Send one test event now, whatever state the endpoint is in; the outcome is a row of its log."""
    from .ping import ping_send

    ping_send(uuid.UUID(endpoint_id), uuid.UUID(event_id))


@shared_task(name="webhooks.prune")
def prune() -> int:
    """Remove old rows of the log, and what hangs on endpoints that are gone; answers how many rows."""
    removed = sum(_remove(rows) for rows in due())
    for endpoint in Endpoint.objects.exclude(deleted_at=None):
        removed += _remove(Delivery.objects.filter(endpoint=endpoint))
        endpoint.delete()
    return removed


def due() -> list["QuerySet[Any]"]:
    """Rows of the log that are old enough."""
    now = timezone.now()
    old = now - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    kept = now - timedelta(days=max(settings.EVENTS_KEEP_DAYS, settings.WEBHOOK_LOG_DAYS))
    return [
        Delivery.objects.filter(state=DeliveryState.DELIVERED, created_at__lt=old),
        Delivery.objects.filter(state=DeliveryState.DEAD, created_at__lt=kept),
        HourFigures.objects.filter(hour__lt=now - timedelta(days=FIGURES_DAYS)),
        Replay.objects.exclude(state=ReplayState.RUNNING).filter(created_at__lt=kept),
    ]


def _remove(rows: "QuerySet[Any]") -> int:
    """A page at a time: no transaction grows with the table."""
    removed = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:PAGE]):
        rows.model.objects.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed
