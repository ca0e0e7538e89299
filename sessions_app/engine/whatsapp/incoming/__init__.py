"""What a WhatsApp message is: its kind, its text, what it says and refers to. docs/architecture.md: add a kind."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import business, changes, contact, event, files, other, place, poll, text
from .content import Content, given
from .context import read_context

__all__ = ["Content", "read_content"]

# Field of the protobuf -> its reader. The first that is set wins; what is not here is "unknown".
READERS: dict[str, Callable[[Any], Content | None]] = {
    field: reader
    for module in (text, files, place, contact, poll, changes, business, event, other)
    for field, reader in module.READERS.items()
}
# Say nothing to a person: keys of a group, and context that comes with everything.
PLUMBING = frozenset(
    {
        "senderKeyDistributionMessage",
        "fastRatchetKeySenderKeyDistributionMessage",
        "messageContextInfo",
        "protocolMessage",
    }
)
# Messages that hold the real one; the library unwraps most of them already.
WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "editedMessage",
    "groupMentionedMessage",
    "pollCreationMessageV4",
    "groupStatusMessage",
    "groupStatusMessageV2",
    "botInvokeMessage",
    "associatedChildMessage",
)


def read_content(message: Any) -> Content | None:
    """What a message says; None when it is only the protocol talking to itself."""
    message = unwrapped(message)
    present = {field.name for field, _ in message.ListFields()}
    if "protocolMessage" in present and (change := changes.read_protocol(message.protocolMessage, read_content)):
        return change
    if present and present <= PLUMBING:
        return None
    field = next((name for name in READERS if name in present), "")
    content = READERS[field](getattr(message, field)) if field else None
    if content is None:
        return Content("unknown")
    return _in_album(_with_context(content, getattr(message, field)), message)


def unwrapped(message: Any) -> Any:
    """The message inside whatever envelopes it has."""
    for _ in range(4):
        wrapper = next((name for name in WRAPPERS if message.HasField(name)), None)
        if wrapper is None:
            break
        message = getattr(message, wrapper).message
    return message


def _with_context(content: Content, part: Any) -> Content:
    context = read_context(part, read_content)
    if not context:
        return content
    target = content.target or context.get("quoted", {}).get("wa_id", "")
    return replace(content, target=target, details={**content.details, "context": context})


def _in_album(content: Content, message: Any) -> Content:
    """With the album that an image or video belongs to."""
    association = message.messageContextInfo.messageAssociation
    key = association.parentMessageKey
    if association.associationType != type(association).MEDIA_ALBUM or not key.ID:
        return content
    return replace(content, details={**content.details, "album": given(wa_id=key.ID, sender=key.participant)})
