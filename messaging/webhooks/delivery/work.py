"""One event for one endpoint, from the log until its outcome is stored."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from messaging.webhooks.models import Delivery
from messaging.webhooks.models.delivery import delivery_id
from messaging.webhooks.sinks import Packet


@dataclass(slots=True, kw_only=True)
class Work:
    """`row`: what the database knows of it already. `done` tells the track that it came from."""

    event: dict[str, Any]
    id: uuid.UUID
    key: str
    row: Delivery | None = None
    done: Callable[[bool], None] = field(default=lambda delivered: None)

    def packet(self) -> Packet:
        return Packet(
            delivery_id=self.id,
            event_id=uuid.UUID(self.event["id"]),
            event_type=self.event["event"],
            workspace_id=self.event["workspace"],
            session_id=self.event["session"] or "",
            attempt=(self.row.attempts if self.row else 0) + 1,
            body=body_of(self.event),
        )


def body_of(event: dict[str, Any]) -> bytes:
    """The bytes on the wire: the same for every attempt, because an event never changes."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def work_of(endpoint_id: uuid.UUID, event: dict[str, Any]) -> Work:
    return Work(event=event, id=delivery_id(endpoint_id, uuid.UUID(event["id"])), key=order_key(event))


def order_key(event: dict[str, Any]) -> str:
    """What has to stay in order: a chat of a session; what is about no chat, within its session."""
    payload = event["payload"]
    chat = payload.get("chat") if isinstance(payload, dict) else None
    jid = chat.get("jid") if isinstance(chat, dict) else chat if isinstance(chat, str) else None
    return f"{event['session'] or ''}/{jid or ''}"[:100]


def row_of(endpoint_id: uuid.UUID, work: Work, now: datetime) -> Delivery:
    """A row for work that has none yet."""
    event = work.event
    return Delivery(
        id=work.id,
        endpoint_id=endpoint_id,
        event_id=uuid.UUID(event["id"]),
        event_type=event["event"],
        session_id=uuid.UUID(event["session"]) if event["session"] else None,
        sequence=event["sequence"],
        order_key=work.key,
        created_at=now,
    )
