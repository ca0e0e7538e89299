"""neonize's message and receipt events as ours."""

import logging
from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import MessageToDict

from sessions_app.engine.base import MessageReceived, Person, ReceiptReceived

from . import jids
from .content import read_content
from .library import pb

log = logging.getLogger(__name__)

Complete = Callable[[Person], Person]
"""Fills in the address of a person that an event did not bring."""

_Receipt = pb.Receipt
# Kinds that tell how far a message of ours got; the others are between our own devices or the protocol's.
RECEIPTS = {
    _Receipt.DELIVERED: "delivered",
    _Receipt.INACTIVE: "delivered",  # to a device nobody is looking at
    _Receipt.READ: "read",
    _Receipt.PLAYED: "played",
}


def message_received(session: str, event: Any, me: Person, complete: Complete) -> MessageReceived | None:
    """An incoming message, or None for what no person wrote."""
    info = event.Info
    content = None if info.Category == "peer" else read_content(event.Message)
    if content is None:
        return None
    source = info.MessageSource
    sender = jids.person(source.Sender, source.SenderAlt)
    return MessageReceived(
        session=session,
        wa_id=info.ID,
        chat=complete(_chat(source)),
        sender=_completed(sender, me) if source.IsFromMe else complete(sender),
        from_me=source.IsFromMe,
        timestamp=info.Timestamp / 1000,
        kind=content.kind,
        text=content.text,
        push_name=info.Pushname,
        quoted_id=content.target,
        raw=_raw(event),
    )


def receipt_received(session: str, event: Any, complete: Complete) -> ReceiptReceived | None:
    """How far messages of ours got, or None for receipts that say nothing about that."""
    kind = RECEIPTS.get(event.Type)
    source = event.MessageSource
    if kind is None or source.IsFromMe:
        return None
    return ReceiptReceived(
        session=session,
        wa_ids=list(event.MessageIDs),
        chat=complete(_chat(source)),
        sender=complete(jids.person(source.Sender, source.SenderAlt)),
        kind=kind,
        timestamp=float(event.Timestamp),
    )


def _chat(source: Any) -> Person:
    if source.IsGroup or source.Chat.Server not in (jids.PHONE_SERVER, jids.LID_SERVER):
        return Person(jid=jids.text(source.Chat))
    return jids.person(source.Chat, source.RecipientAlt if source.IsFromMe else source.SenderAlt)


def _completed(sender: Person, me: Person) -> Person:
    return Person(jid=sender.jid or me.jid, lid=sender.lid or me.lid)


def _raw(event: Any) -> dict[str, Any]:
    try:
        return {
            "info": MessageToDict(event.Info, preserving_proto_field_name=True),
            "message": MessageToDict(event.Message, preserving_proto_field_name=True),
        }
    except Exception:
        # The message itself must get through, whatever its protobuf holds.
        log.exception("a message has no JSON form")
        return {}
