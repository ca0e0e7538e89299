"""Another text for a message of the account."""

import time
from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .context import content_part, quoted_message
from .draft import Draft
from .keys import fill_key


def build(draft: Draft) -> Any:
    """`{text, target}`: the text, or the caption of a file."""
    message = Message()
    protocol = message.editedMessage.message.protocolMessage
    fill_key(protocol.key, draft)
    protocol.type = type(protocol).MESSAGE_EDIT
    protocol.timestampMS = int(time.time() * 1000)
    protocol.editedMessage.CopyFrom(_edited(draft))
    return message


def _edited(draft: Draft) -> Any:
    if draft.target().get("kind") == "text":
        return Message(conversation=draft.text())
    edited = quoted_message(draft.target())
    part = content_part(edited)
    if part is not None and "caption" in part.DESCRIPTOR.fields_by_name:
        part.caption = draft.text()
    return edited
