"""Receipts move outgoing messages forward: sent -> delivered -> read -> played, never back.

A receipt can overtake the answer of the very send it speaks of. So both sides first commit what they know (the
receipt its row, the send its WhatsApp id) and then look for the other: whichever comes second finds both.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from sessions_app.engine.base import ReceiptReceived
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

from .models import Direction, Message, MessageState, Receipt, ReceiptKind
from .payloads import message_payload

# What a receipt of this kind moves forward, weakest kind first.
BEFORE: dict[str, list[str]] = {
    ReceiptKind.DELIVERED: [MessageState.SENT],
    ReceiptKind.READ: [MessageState.SENT, MessageState.DELIVERED],
    ReceiptKind.PLAYED: [MessageState.SENT, MessageState.DELIVERED, MessageState.READ],
}


def receipts_store(session: Session, event: ReceiptReceived) -> None:
    """Keep the receipt once per message and person, and move the messages it speaks of."""
    if event.kind not in BEFORE:
        return
    _keep(session.pk, event)
    for message in _outgoing(session.pk, event.wa_ids):
        _advance(message, event.kind, from_unix(event.timestamp))


def receipts_catch_up(session_id: uuid.UUID, wa_id: str) -> None:
    """Apply receipts that were there before the message knew its own WhatsApp id."""
    rows = Receipt.objects.filter(session_id=session_id, wa_id=wa_id).values_list("kind", "timestamp")
    receipts = list(rows.order_by()) if wa_id else []
    if not receipts:
        return
    kind, at = max(receipts, key=lambda receipt: list(BEFORE).index(receipt[0]))
    for message in _outgoing(session_id, [wa_id]):
        _advance(message, kind, at)


def digest(*parts: str) -> str:
    """A key of fixed length from addresses of any length."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


@retry_conflicts
def _keep(session_id: uuid.UUID, event: ReceiptReceived) -> None:
    sender = event.sender.lid or event.sender.jid
    chat = event.chat.jid or event.chat.lid
    keys = {f"{session_id}:{digest(wa_id, event.kind, sender)}": wa_id for wa_id in event.wa_ids}
    with atomic():
        known = set(Receipt.objects.filter(dedup_key__in=list(keys)).values_list("dedup_key", flat=True))
        Receipt.objects.bulk_create(
            Receipt(
                session_id=session_id,
                wa_id=wa_id[:80],
                kind=event.kind,
                chat=chat[:80],
                sender=sender[:80],
                timestamp=from_unix(event.timestamp),
                dedup_key=key,
            )
            for key, wa_id in keys.items()
            if key not in known
        )


def _outgoing(session_id: uuid.UUID, wa_ids: Sequence[str]) -> list[Message]:
    rows = Message.objects.filter(session_id=session_id, wa_id__in=list(wa_ids), direction=Direction.OUT)
    return list(rows.order_by())


@retry_conflicts
def _advance(message: Message, kind: str, at: datetime) -> None:
    fields = {"state": kind, "delivered_at": message.delivered_at or at}
    if kind != ReceiptKind.DELIVERED:
        fields["read_at"] = message.read_at or at
    with atomic():
        if Message.objects.filter(pk=message.pk, state__in=BEFORE[kind]).update(**fields):
            publish(
                EventType.MESSAGE_ACK,
                workspace_id=message.workspace_id,
                session_id=message.session_id,
                payload=message_payload(Message.objects.get(pk=message.pk)),
            )
