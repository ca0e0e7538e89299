"""The only emitter. A service calls `publish` inside its transaction; clients hear of it after the commit."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from whatsapp_api.core import live
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import iso

from .models import Event, EventCounter, EventType


@retry_conflicts
def publish(
    event_type: EventType, *, workspace_id: uuid.UUID, session_id: uuid.UUID | None, payload: dict[str, Any]
) -> Event:
    """Append to the log and, after the commit, push to live clients."""
    with atomic():
        event = Event.objects.create(
            workspace_id=workspace_id,
            sequence=_next_sequence(workspace_id),
            type=event_type,
            session_id=session_id,
            payload=payload,
            created_at=timezone.now(),
        )
        transaction.on_commit(lambda: _push(workspace_id, envelope(event)))
    return event


def publish_live(
    event_type: EventType, *, workspace_id: uuid.UUID, session_id: uuid.UUID, payload: dict[str, Any]
) -> None:
    """Push without storing: for secrets that are worthless in a minute, such as QR codes."""
    event = Event(
        workspace_id=workspace_id, type=event_type, session_id=session_id, payload=payload, created_at=timezone.now()
    )
    _push(workspace_id, envelope(event))


def envelope(event: Event) -> dict[str, Any]:
    """The event as clients see it, on every transport. `sequence` is null for what is not in the log."""
    return {
        "id": str(event.id),
        "event": str(event.type),
        "sequence": event.sequence,
        "timestamp": iso(event.created_at),
        "workspace": str(event.workspace_id),
        "session": str(event.session_id) if event.session_id else None,
        "payload": event.payload,
    }


def _push(workspace_id: uuid.UUID, message: dict[str, Any]) -> None:
    live.push(live.workspace_group(workspace_id), {"type": "platform.event", "event": message})


def _next_sequence(workspace_id: uuid.UUID) -> int:
    """Locks the counter's row until the commit, so that numbers appear in order."""
    if not EventCounter.objects.filter(pk=workspace_id).update(value=F("value") + 1):
        EventCounter.objects.get_or_create(pk=workspace_id)
        EventCounter.objects.filter(pk=workspace_id).update(value=F("value") + 1)
    return EventCounter.objects.values_list("value", flat=True).get(pk=workspace_id)
