"""Receipts move outgoing messages forward: sent -> delivered -> read -> played, never back.

In a chat of several recipients the first of them moves the message; `delivered_count` and its like say how many are
that far. A receipt also proves that an unconfirmed message has arrived, once it is known which id that one had.

A receipt can overtake the answer of the very send it speaks of. So both sides first commit what they know (the
receipt its row, the send its WhatsApp id) and then look for the other: whichever comes second finds both.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Greatest

from sessions_app.engine.base import ReceiptReceived
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.formats import from_unix, iso
from whatsapp_api.events.numbering import counted_first

from . import metrics, tracing
from .effects import effect_of_sent
from .models import Direction, Message, MessageState, Receipt, ReceiptKind
from .outcomes import ack_publish
from .payloads import phone_of

# What a receipt of this kind moves forward, weakest kind first.
BEFORE: dict[str, list[str]] = {
    ReceiptKind.DELIVERED: [MessageState.SENT, MessageState.UNCONFIRMED],
    ReceiptKind.READ: [MessageState.SENT, MessageState.UNCONFIRMED, MessageState.DELIVERED],
    ReceiptKind.PLAYED: [MessageState.SENT, MessageState.UNCONFIRMED, MessageState.DELIVERED, MessageState.READ],
}
SHARED = ("@g.us", "@broadcast")


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
    if message.state not in BEFORE[kind] and not message.chat.endswith(SHARED):
        return  # whoever came second finds it done
    doubtful = message.state == MessageState.UNCONFIRMED
    with counted_first(message.workspace_id):
        moved = Message.objects.filter(pk=message.pk, state__in=BEFORE[kind]).update(**_progress(message, kind, at))
        if _count(message) or moved:
            message = Message.objects.get(pk=message.pk)  # a repetition begins with the one that was given
            if moved:
                metrics.acked(message, kind, at)
                tracing.receipt(message, kind, at)
            ack_publish(message)
            if moved and doubtful:
                effect_of_sent(message)


def _progress(message: Message, kind: str, at: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": kind, "delivered_at": message.delivered_at or at}
    if kind != ReceiptKind.DELIVERED:
        fields["read_at"] = message.read_at or at
    if kind == ReceiptKind.PLAYED:
        fields["played_at"] = message.played_at or at
    if message.state == MessageState.UNCONFIRMED:
        fields |= {"sent_at": at, "error_code": "", "error_text": ""}
    return fields


def _count(message: Message) -> bool:
    """Count anew how many recipients are how far; True when that is news. Counts only grow, whoever counts last."""
    if not message.chat.endswith(SHARED):
        return False
    counts = receipt_counts(message.session_id, message.wa_id)
    news = Q(delivered_count__lt=counts["delivered"]) | Q(read_count__lt=counts["read"])
    news |= Q(played_count__lt=counts["played"])
    columns = {f"{name}_count": Greatest(f"{name}_count", number) for name, number in counts.items()}
    return bool(Message.objects.filter(news, pk=message.pk).update(**columns))


def receipt_counts(session_id: uuid.UUID, wa_id: str) -> dict[str, int]:
    """How many people got, read and played it. Who has read it has got it, whether or not a receipt said so."""
    rows = Receipt.objects.filter(session_id=session_id, wa_id=wa_id).order_by()
    people: dict[str, set[str]] = {kind: set() for kind in BEFORE}
    for kind, sender in rows.values_list("kind", "sender"):
        people[kind].add(sender)
    played = people[ReceiptKind.PLAYED]
    read = people[ReceiptKind.READ] | played
    return {"delivered": len(people[ReceiptKind.DELIVERED] | read), "read": len(read), "played": len(played)}


def receipts_by_person(message: Message) -> list[dict[str, Any]]:
    """`{sender, phone, delivered_at, read_at, played_at}` of each recipient, by the time of their first receipt."""
    if not message.wa_id or message.direction != Direction.OUT:
        return []
    rows = Receipt.objects.filter(session_id=message.session_id, wa_id=message.wa_id).order_by("timestamp", "id")
    people: dict[str, dict[str, Any]] = {}
    for receipt in rows:
        entry = people.setdefault(receipt.sender, _person(receipt.sender))
        entry[f"{receipt.kind}_at"] = entry[f"{receipt.kind}_at"] or iso(receipt.timestamp)
    return list(people.values())


def _person(sender: str) -> dict[str, Any]:
    return {"sender": sender, "phone": phone_of(sender), "delivered_at": None, "read_at": None, "played_at": None}
