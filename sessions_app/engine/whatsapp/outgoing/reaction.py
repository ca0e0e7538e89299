"""An emoji to a message."""

import time
from typing import Any

from sessions_app.engine.whatsapp.library import Message

from .draft import Draft
from .keys import fill_key


def build(draft: Draft) -> Any:
    """`{emoji, target}`; an empty emoji takes it back."""
    message = Message()
    fill_key(message.reactionMessage.key, draft)
    message.reactionMessage.text = draft.content.get("emoji", "")
    message.reactionMessage.senderTimestampMS = int(time.time() * 1000)
    return message
