"""Queues of messages, for `/api/health`."""

from typing import Any

from django.db.models import Count
from django.utils import timezone

from sessions_app.engine.states import SENDING_STATES
from whatsapp_api.core.health import Finding, degraded, ok, part_register

from .models import Message, MessageState

LATE_SECONDS = 60.0


def register() -> None:
    part_register("outbox", outbox)


def outbox() -> Finding:
    """Rows that wait, and how long the oldest has waited that could have left."""
    waiting = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).order_by()
    counts: dict[str, int] = dict(waiting.values_list("state").annotate(count=Count("pk")))
    detail: dict[str, Any] = {"messages": counts}
    able = waiting.filter(session__state__in=[state.value for state in SENDING_STATES])
    oldest = able.order_by("created_at").values_list("created_at", flat=True).first()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    detail["oldest_seconds"] = round(age, 1)
    if age > LATE_SECONDS:
        return degraded(f"A message for a connected session has waited {age:.0f} s.", **detail)
    return ok(**detail)
