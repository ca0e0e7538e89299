"""The outbox as figures for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from whatsapp_api.core.gauges import Gauge, Samples, gauges_register

from .models import Message, MessageState

WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED)


def register() -> None:
    gauges_register("outbox", outbox)


def outbox() -> Iterator[Gauge]:
    """What is not settled, and how long the oldest queued message has waited."""
    rows = Message.objects.filter(state__in=WAITING).order_by()
    counts = dict(rows.values_list("state").annotate(count=Count("pk")))
    samples: Samples = [((str(state.value),), float(counts.get(state.value, 0))) for state in WAITING]
    yield Gauge("wa_outbox_messages", "Messages that are not settled, by state.", ("state",), samples)
    queued = Message.objects.filter(state=MessageState.QUEUED).order_by("created_at")
    oldest = queued.values_list("created_at", flat=True).first()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    yield Gauge("wa_outbox_oldest_seconds", "Age of the oldest queued message.", (), [((), age)])
