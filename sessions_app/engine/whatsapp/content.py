"""What a WhatsApp message is: its kind, its text, what it refers to."""

from dataclasses import dataclass
from typing import Any

from .library import Message

# Field of the protobuf -> our kind. The first that is set wins; what is not here is "unknown".
KINDS = {
    "conversation": "text",
    "extendedTextMessage": "text",
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
    "lottieStickerMessage": "sticker",
    "locationMessage": "location",
    "liveLocationMessage": "location",
    "contactMessage": "contact",
    "contactsArrayMessage": "contact",
    "pollCreationMessage": "poll",
    "pollCreationMessageV2": "poll",
    "pollCreationMessageV3": "poll",
    "pollCreationMessageV4": "poll",
    "pollCreationMessageV5": "poll",
    "pollCreationMessageV6": "poll",
    "reactionMessage": "reaction",
    "buttonsResponseMessage": "text",
    "templateButtonReplyMessage": "text",
    "listResponseMessage": "text",
}
# Where the readable text of a part may be, in order of preference.
TEXT_FIELDS = ("text", "caption", "selectedDisplayText", "title", "displayName", "name", "fileName")
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
)


@dataclass(frozen=True, slots=True)
class Content:
    """The readable side of one message. `target`: id of the message it answers, edits, revokes or reacts to."""

    kind: str
    text: str = ""
    target: str = ""


def read_content(message: Any) -> Content | None:
    """What a message says; None when it is only the protocol talking to itself."""
    message = _unwrapped(message)
    present = {field.name for field, _ in message.ListFields()}
    if "protocolMessage" in present and (change := _change(message.protocolMessage)):
        return change
    if present and present <= PLUMBING:
        return None
    field = next((name for name in KINDS if name in present), "")
    if not field:
        return Content("unknown")
    if field == "conversation":
        return Content("text", message.conversation)
    part = getattr(message, field)
    if field == "reactionMessage":
        return Content("reaction", part.text, part.key.ID)
    return Content(_kind(field, part), _text(part), _quoted(part))


def text_message(text: str) -> Any:
    """The protobuf of a plain text."""
    # Not through neonize's own way for str: it asks the server about group mentions that it sees in the text.
    return Message(conversation=text)


def _unwrapped(message: Any) -> Any:
    for _ in range(4):
        wrapper = next((name for name in WRAPPERS if message.HasField(name)), None)
        if wrapper is None:
            break
        message = getattr(message, wrapper).message
    return message


def _change(protocol: Any) -> Content | None:
    kinds = type(protocol)
    if not protocol.HasField("type"):
        return None
    if protocol.type == kinds.REVOKE:
        return Content("revoke", target=protocol.key.ID)
    if protocol.type == kinds.MESSAGE_EDIT:
        edited = read_content(protocol.editedMessage)
        return Content("edit", edited.text if edited else "", protocol.key.ID)
    return None


def _kind(field: str, part: Any) -> str:
    return "voice" if field == "audioMessage" and part.PTT else KINDS[field]


def _text(part: Any) -> str:
    fields = part.DESCRIPTOR.fields_by_name
    return next((str(value) for name in TEXT_FIELDS if name in fields and (value := getattr(part, name))), "")


def _quoted(part: Any) -> str:
    if "contextInfo" not in part.DESCRIPTOR.fields_by_name or not part.HasField("contextInfo"):
        return ""
    return str(part.contextInfo.stanzaID)
