"""Telling senders that their messages were read."""

from typing import Any

from sessions_app.engine.whatsapp import jids
from sessions_app.engine.whatsapp.library import ReceiptType

from .arguments import Answer, Arguments, Call, take_message_ids

IDS_AT_ONCE = 500


def mark_read(client: Any, arguments: Arguments) -> Answer:
    """Tell the sender of `ids` in `chat` that they were read."""
    ids = take_message_ids(arguments, "ids", IDS_AT_ONCE)
    chat = jids.parse(arguments.get("chat"), *jids.CHATS)
    sender = jids.parse(arguments.get("sender") or arguments.get("chat"))
    client.mark_read(*ids, chat=chat, sender=sender, receipt=ReceiptType.READ)
    return {}


CALLS: tuple[Call, ...] = (mark_read,)
