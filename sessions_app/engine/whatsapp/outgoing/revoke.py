"""Deletes a message for everyone."""

from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft
from .keys import fill_key


def build(draft: Draft) -> Any:
    """`{target}`; of somebody else only as admin of a group."""
    message = Message()
    fill_key(message.protocolMessage.key, draft)
    message.protocolMessage.type = type(message.protocolMessage).REVOKE
    return message
