"""How long a workspace keeps messages, and their texts."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from whatsapp_api.accounts.audit.record import Deed, audit
from whatsapp_api.accounts.bodies.convert import convert_due
from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.accounts.bodies.models import Bodies
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.events.models import Event, EventType

from .models import Message, MessageState

PAGE = 500
TRANSIT_HOURS = 1  # of bodies that are not stored: for sending, webhooks, downloads, edits and votes
SETTLED = frozenset(MessageState.values) - {MessageState.QUEUED, MessageState.SENDING}
NOTHING_SAID: dict[str, Any] = {"text": "", "content": {}, "reactions": []}
NO_BODY = {**NOTHING_SAID, "raw": {}, "words": []}


def retain() -> int:
    """What every workspace wants gone; how many rows."""
    now, count = timezone.now(), convert_due()
    for workspace in Workspace.objects.all():
        done = {}
        if days := workspace.message_keep_days:
            done["messages"] = _remove(workspace.pk, now - timedelta(days=days))
        if hours := _hours(workspace):
            done["bodies"] = _forget(workspace, now - timedelta(hours=hours))
        if any(done.values()):
            audit(Deed("messages.retain", after=done), workspace_id=workspace.pk)
        count += sum(done.values())
    return count


def _hours(workspace: Workspace) -> int:
    """How long texts stay; 0: as long as their messages."""
    if workspace.bodies == Bodies.NOT_STORED:
        return min(workspace.body_keep_hours or TRANSIT_HOURS, TRANSIT_HOURS)
    return workspace.body_keep_hours


def due() -> dict[str, int]:
    """How many messages, and texts of further ones, `retain` would remove now."""
    now, found = timezone.now(), {"messages": 0, "texts": 0}
    for workspace in Workspace.objects.all():
        if days := workspace.message_keep_days:
            found["messages"] += _old(workspace.pk, now - timedelta(days=days)).count()
        if hours := _hours(workspace):
            found["texts"] += Message.objects.filter(
                workspace=workspace, **_window(workspace, now - timedelta(hours=hours))
            ).count()
    return found


def _old(workspace_id: uuid.UUID, limit: datetime) -> QuerySet[Message]:
    """Settled messages that are older."""
    return Message.objects.filter(workspace_id=workspace_id, created_at__lt=limit, state__in=sorted(SETTLED))


def _remove(workspace_id: uuid.UUID, limit: datetime) -> int:
    rows, count = _old(workspace_id, limit), 0
    while page := list(rows.order_by("id").values_list("pk", flat=True)[:PAGE]):
        Message.objects.filter(pk__in=page).delete()
        count += len(page)
    return count


def _forget(workspace: Workspace, limit: datetime) -> int:
    """Texts of messages, in the messages and in the event log; addresses, times and states stay.

    `bodies_forgotten_until` remembers how far it came. What is still to be sent holds it up.
    """
    window = _window(workspace, limit)
    count = Message.objects.filter(workspace=workspace, **window).update(**NO_BODY)
    for event in _events(workspace, window):
        Event.objects.filter(pk=event.pk).update(**bodies(workspace.pk, payload=_blank(event.payload)))
    Workspace.objects.filter(pk=workspace.pk).update(bodies_forgotten_until=window["created_at__lt"])
    return count


def _blank(payload: dict[str, Any]) -> dict[str, Any]:
    """Without what was said, also in the message that a reaction or an edit speaks of."""
    said = {name: empty for name, empty in NOTHING_SAID.items() if name in payload}
    target = payload.get("target")
    return {**payload, **said, **({"target": _blank(target)} if isinstance(target, dict) else {})}


def _window(workspace: Workspace, limit: datetime) -> dict[str, datetime]:
    rows = Message.objects.filter(workspace=workspace, created_at__lt=limit)
    waiting = (
        rows.exclude(state__in=sorted(SETTLED)).order_by("created_at").values_list("created_at", flat=True).first()
    )
    window: dict[str, datetime] = {"created_at__lt": waiting or limit}
    if workspace.bodies_forgotten_until:
        window["created_at__gte"] = workspace.bodies_forgotten_until
    return window


def _events(workspace: Workspace, window: dict[str, datetime]) -> list[Event]:
    spoken = Q(type__startswith="message") | Q(type=EventType.POLL_VOTE)
    rows = Event.objects.filter(spoken, workspace=workspace, **window).order_by("id")
    return [event for event in rows.iterator(chunk_size=PAGE) if event.payload != _blank(event.payload)]
