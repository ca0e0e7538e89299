"""A test event: shows a receiver's owner that address, signature and answer are right."""

import asyncio
import uuid
from typing import Any

from django.utils import timezone

from whatsapp_api.core.clock import steady
from whatsapp_api.core.formats import iso

from .delivery.outcome import Attempt, apply
from .delivery.target import target_of
from .delivery.work import row_of, work_of
from .models import Delivery, Endpoint
from .sinks import Answer, BadTarget, Packet, SinkFault, Target, sink_open

TYPE = "webhook.ping"


def ping_event(endpoint: Endpoint, event_id: uuid.UUID) -> dict[str, Any]:
    """In no log and for one endpoint only, hence without a sequence."""
    return {
        "id": str(event_id),
        "event": TYPE,
        "sequence": None,
        "timestamp": iso(timezone.now()),
        "workspace": str(endpoint.workspace_id),
        "session": str(endpoint.session_id) if endpoint.session_id else None,
        "payload": {"webhook": str(endpoint.pk), "name": endpoint.name},
    }


def ping_send(endpoint_id: uuid.UUID, event_id: uuid.UUID) -> Delivery:
    """Once, without a retry."""
    endpoint = Endpoint.objects.get(pk=endpoint_id, deleted_at=None)
    work = work_of(endpoint.pk, ping_event(endpoint, event_id))
    at, began = timezone.now(), steady()
    answer = asyncio.run(_send(target_of(endpoint, at), work.packet()))
    row = row_of(endpoint.pk, work, at)
    apply(row, Attempt(at, int((steady() - began) * 1000), answer), plan=())
    row.save(force_insert=True)
    return row


async def _send(target: Target, packet: Packet) -> Answer:
    try:
        sink = sink_open(target)
    except BadTarget as error:
        return Answer(ok=False, error=str(error))
    try:
        return await sink.send(packet)
    except SinkFault as error:
        return Answer(ok=False, error=str(error))
    finally:
        await sink.close()
