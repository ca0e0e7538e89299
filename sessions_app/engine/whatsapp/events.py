"""neonize's message and receipt events as ours."""

import logging
import zlib
from typing import Any

from google.protobuf.json_format import MessageToDict

from sessions_app.engine.base import MessageReceived, Person, ReceiptReceived

from . import jids
from .files import file_details, file_part
from .incoming import Content, read_content
from .library import pb
from .people import Complete

log = logging.getLogger(__name__)

_Receipt = pb.Receipt
# Kinds that tell how far a message of ours got; the others are between our own devices or the protocol's.
RECEIPTS = {
    _Receipt.DELIVERED: "delivered",
    _Receipt.INACTIVE: "delivered",  # to a device nobody is looking at
    _Receipt.READ: "read",
    _Receipt.PLAYED: "played",
}
IN_MILLISECONDS = 100_000_000_000  # as seconds, this would be in the year 5138


def message_received(session: str, event: Any, me: Person, complete: Complete) -> MessageReceived | None:
    """An incoming message, or None for what no person wrote."""
    info = event.Info
    content = None if info.Category == "peer" else _content(event.Message)
    if content is None:
        return None
    source, wa_id = info.MessageSource, info.ID
    sender = jids.person(source.Sender, source.SenderAlt)
    at, edited = info.Timestamp / 1000, event.NewsLetterMeta.EditTS
    if edited > 0:  # the post once more, under its own id, as it reads now
        content = Content("edit", content.text, info.ID, {"text": content.text, "target": {"wa_id": info.ID}})
        at = edited / 1000 if edited > IN_MILLISECONDS else float(edited)
        wa_id = f"{info.ID}-{edited}-{zlib.crc32(content.text.encode()):x}"
    return MessageReceived(
        session=session,
        wa_id=wa_id,
        chat=complete(chat_of(source)),
        sender=completed(sender, me) if source.IsFromMe else complete(sender),
        from_me=source.IsFromMe,
        timestamp=at,
        kind=content.kind,
        text=content.text,
        details={**content.details, **file_of(event.Message)},
        push_name=info.Pushname,
        quoted_id=content.target,
        raw=_raw(event),
    )


def file_of(message: Any) -> dict[str, Any]:
    """`media`, for a message that is a file."""
    found = file_part(message)
    return {"media": file_details(found[0])} if found else {}


def receipt_received(session: str, event: Any, complete: Complete) -> ReceiptReceived | None:
    """How far messages of ours got, or None for receipts that say nothing about that."""
    kind = RECEIPTS.get(event.Type)
    source = event.MessageSource
    if kind is None or source.IsFromMe:
        return None
    return ReceiptReceived(
        session=session,
        wa_ids=list(event.MessageIDs),
        chat=complete(chat_of(source)),
        sender=complete(jids.person(source.Sender, source.SenderAlt)),
        kind=kind,
        timestamp=float(event.Timestamp),
    )


def _content(message: Any) -> Content | None:
    try:
        return read_content(message)
    except Exception:
        # The message itself must get through, whatever its protobuf holds.
        log.exception("a message was not understood")
        return Content("unknown")


def chat_of(source: Any) -> Person:
    """The chat of a message or receipt; a person under both addresses, as far as they are told."""
    if source.IsGroup or source.Chat.Server not in (jids.PHONE_SERVER, jids.LID_SERVER):
        return Person(jid=jids.text(source.Chat))
    return jids.person(source.Chat, source.RecipientAlt if source.IsFromMe else source.SenderAlt)


def completed(sender: Person, me: Person) -> Person:
    """The account itself as sender."""
    return Person(jid=sender.jid or me.jid, lid=sender.lid or me.lid)


def as_json(message: Any) -> dict[str, Any]:
    """A protobuf as JSON, bytes in base64."""
    return MessageToDict(message, preserving_proto_field_name=True)


def _raw(event: Any) -> dict[str, Any]:
    try:
        return {
            "info": as_json(event.Info),
            "message": as_json(event.Message),
        }
    except Exception:
        # The message itself must get through, whatever its protobuf holds.
        log.exception("a message has no JSON form")
        return {}
