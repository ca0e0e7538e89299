"""What is said about an earlier message."""

from collections.abc import Callable
from typing import Any

from .content import Content, about


def _reaction(part: Any) -> Content:
    return Content("reaction", part.text, part.key.ID, {"emoji": part.text, **about(part.key)})


def _pin(part: Any) -> Content:
    pinned = part.type == type(part).PIN_FOR_ALL
    return Content("pin", "", part.key.ID, {"pinned": pinned, **about(part.key)})


def _keep(part: Any) -> Content:
    kept = part.keepType != 2  # KeepType.UNDO_KEEP_FOR_ALL
    return Content("keep", "", part.key.ID, {"kept": kept, **about(part.key)})


def read_protocol(protocol: Any, read: Callable[[Any], Content | None]) -> Content | None:
    """An edit or a deletion; None for what is the protocol's own."""
    kinds = type(protocol)
    if not protocol.HasField("type"):
        return None
    if protocol.type == kinds.REVOKE:
        return Content("revoke", "", protocol.key.ID, about(protocol.key))
    if protocol.type == kinds.MESSAGE_EDIT:
        edited = read(protocol.editedMessage)
        text = edited.text if edited else ""
        return Content("edit", text, protocol.key.ID, {"text": text, **about(protocol.key)})
    return None


READERS = {"reactionMessage": _reaction, "pinInChatMessage": _pin, "keepInChatMessage": _keep}
