"""The only emitter. A service calls `publish` inside its transaction; clients hear of it after the commit."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from whatsapp_api.core import live
from whatsapp_api.core.db import last_in_transaction, retry_conflicts
from whatsapp_api.core.formats import iso
from whatsapp_api.core.metrics import EVENTS

from .models import Event, EventType
from .numbering import counted_first, numbers_take


@retry_conflicts
def publish(
    event_type: EventType, *, workspace_id: uuid.UUID, session_id: uuid.UUID | None, payload: dict[str, Any]
) -> Event:
    """Append to the log and, after the commit, push to live clients. It has its number when the transaction ends."""
    with counted_first(workspace_id):
        event = new_event(event_type, workspace_id, session_id, payload)
        last_in_transaction(_append, event)
    return event


@retry_conflicts
def publish_many(
    event_type: EventType, *, workspace_id: uuid.UUID, session_id: uuid.UUID | None, payloads: list[dict[str, Any]]
) -> None:
    """Like `publish` for each of them, all or none."""
    if not payloads:
        return
    with counted_first(workspace_id):
        for payload in payloads:
            last_in_transaction(_append, new_event(event_type, workspace_id, session_id, payload))


def publish_live(
    event_type: EventType, *, workspace_id: uuid.UUID, session_id: uuid.UUID, payload: dict[str, Any]
) -> None:
    """Push without storing: for secrets that are worthless in a minute, such as QR codes."""
    _push(workspace_id, envelope(new_event(event_type, workspace_id, session_id, payload)))


def new_event(
    event_type: EventType,
    workspace_id: uuid.UUID,
    session_id: uuid.UUID | None,
    payload: dict[str, Any],
) -> Event:
    """All events are made here: tests check each payload against its schema. Stored ones get their numbers later."""
    return Event(
        workspace_id=workspace_id,
        type=event_type,
        session_id=session_id,
        payload=payload,
        created_at=timezone.now(),
    )


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


def _append(events: list[Event]) -> None:
    """Store all events of a transaction under the next numbers of their workspaces."""
    for workspace_id in sorted({event.workspace_id for event in events}):
        mine = [event for event in events if event.workspace_id == workspace_id]
        for event, number in zip(mine, numbers_take(workspace_id, len(mine)), strict=True):
            event.sequence = number
    Event.objects.bulk_create(events)
    transaction.on_commit(lambda: _announce(events))


def _announce(events: list[Event]) -> None:
    for event in events:
        EVENTS.labels(str(event.type)).inc()
        _push(event.workspace_id, envelope(event))


def _push(workspace_id: uuid.UUID, message: dict[str, Any]) -> None:
    live.push(live.workspace_group(workspace_id), {"type": "platform.event", "event": message})
