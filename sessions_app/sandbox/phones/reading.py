"""From a `waE2E.Message` to what a phone shows, and to the attributes of its stanza."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sessions_app.sandbox.phones.results import Media
from sessions_app.sandbox.protos import e2e

MEDIA_FIELDS = {
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video_note",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
}
POLL_FIELDS = ("pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3", "pollCreationMessageV5")
_MEDIA_TYPES = {
    "voice": "ptt",
    "video_note": "ptv",
    "location": "location",
    "live_location": "livelocation",
    "contact": "vcard",
}
_TYPES = {"reaction": "reaction", "poll": "poll", "poll_vote": "poll"}
_EDITS = {"edit": "1", "revoke": "7"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The part of `Received` that the content tells."""

    kind: str
    text: str = ""
    caption: str = ""
    media: Media | None = None
    quoted_id: str = ""
    target_id: str = ""


def unwrap(message: Any) -> Any:
    """The message inside envelopes such as view-once, ephemeral or document-with-caption."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.name == "FutureProofMessage" and not field.is_repeated:
            return unwrap(value.message)
    return message


def read(message: Any) -> Reading:
    """Look into a message; an unknown one has the kind `unknown`."""
    message = unwrap(message)
    if message.HasField("conversation"):
        return Reading("text", text=message.conversation)
    for field, reader in _READERS.items():
        if message.HasField(field):
            return reader(getattr(message, field))
    for field, kind in MEDIA_FIELDS.items():
        if message.HasField(field):
            return _read_media(kind, getattr(message, field))
    for field in POLL_FIELDS:
        if message.HasField(field):
            poll = getattr(message, field)
            return Reading("poll", text=poll.name, quoted_id=poll.contextInfo.stanzaID)
    return Reading("unknown")


def is_empty(message: Any) -> bool:
    """Whether nothing is left but key distribution and context: nothing to show."""
    hidden = {"senderKeyDistributionMessage", "messageContextInfo", "fastRatchetKeySenderKeyDistributionMessage"}
    return all(field.name in hidden for field, _ in message.ListFields())


def stanza_attributes(reading: Reading) -> tuple[dict[str, str], dict[str, str]]:
    """Attributes of `<message>` and of its `<enc>`s, which tell the server what it may not see."""
    attributes, enc = {"type": "text"}, {}
    media_type = _MEDIA_TYPES.get(reading.kind) or (reading.media.type if reading.media else "")
    if media_type:
        attributes["type"] = "media"
        enc["mediatype"] = media_type
    attributes["type"] = _TYPES.get(reading.kind, attributes["type"])
    if reading.kind in _EDITS:
        attributes["edit"] = _EDITS[reading.kind]
    if reading.kind in {"reaction", "poll_vote", *_EDITS}:
        enc["decrypt-fail"] = "hide"
    return attributes, enc


def _read_media(kind: str, part: Any) -> Reading:
    if kind == "audio" and part.PTT:
        kind = "voice"
    media = Media(
        type=kind,
        mimetype=part.mimetype,
        direct_path=part.directPath,
        key=part.mediaKey,
        sha256=part.fileSHA256,
        encrypted_sha256=part.fileEncSHA256,
        size=part.fileLength,
        filename=getattr(part, "fileName", ""),
    )
    return Reading(kind, caption=getattr(part, "caption", ""), media=media, quoted_id=part.contextInfo.stanzaID)


def _read_extended(part: Any) -> Reading:
    return Reading("text", text=part.text, quoted_id=part.contextInfo.stanzaID)


def _read_reaction(part: Any) -> Reading:
    return Reading("reaction", text=part.text, target_id=part.key.ID)


def _read_location(part: Any) -> Reading:
    place = f"{part.degreesLatitude:.6f},{part.degreesLongitude:.6f}"
    return Reading("location", text=place, caption=part.name, quoted_id=part.contextInfo.stanzaID)


def _read_live_location(part: Any) -> Reading:
    place = f"{part.degreesLatitude:.6f},{part.degreesLongitude:.6f}"
    return Reading("live_location", text=place, caption=part.caption, quoted_id=part.contextInfo.stanzaID)


def _read_list(part: Any) -> Reading:
    return Reading("list", text=part.description, caption=part.title, quoted_id=part.contextInfo.stanzaID)


def _read_interactive(part: Any) -> Reading:
    return Reading("buttons", text=part.body.text, caption=part.header.title, quoted_id=part.contextInfo.stanzaID)


def _read_event(part: Any) -> Reading:
    return Reading("event", text=part.name, caption=part.description, quoted_id=part.contextInfo.stanzaID)


def _read_album(part: Any) -> Reading:
    counts = f"{part.expectedImageCount} images, {part.expectedVideoCount} videos"
    return Reading("album", text=counts, quoted_id=part.contextInfo.stanzaID)


def _read_contact(part: Any) -> Reading:
    return Reading("contact", text=part.displayName, quoted_id=part.contextInfo.stanzaID)


def _read_contacts(part: Any) -> Reading:
    names = ", ".join(card.displayName for card in part.contacts)
    return Reading("contact", text=part.displayName or names, quoted_id=part.contextInfo.stanzaID)


def _read_vote(part: Any) -> Reading:
    return Reading("poll_vote", target_id=part.pollCreationMessageKey.ID)


def _read_protocol(part: Any) -> Reading:
    if part.type == e2e.ProtocolMessage.MESSAGE_EDIT:
        edited = read(part.editedMessage)
        return Reading("edit", text=edited.text, caption=edited.caption, target_id=part.key.ID)
    if part.type == e2e.ProtocolMessage.REVOKE:
        return Reading("revoke", target_id=part.key.ID)
    return Reading("protocol", text=e2e.ProtocolMessage.Type.Name(part.type), target_id=part.key.ID)


_READERS = {
    "extendedTextMessage": _read_extended,
    "reactionMessage": _read_reaction,
    "locationMessage": _read_location,
    "liveLocationMessage": _read_live_location,
    "listMessage": _read_list,
    "interactiveMessage": _read_interactive,
    "eventMessage": _read_event,
    "albumMessage": _read_album,
    "contactMessage": _read_contact,
    "contactsArrayMessage": _read_contacts,
    "pollUpdateMessage": _read_vote,
    "protocolMessage": _read_protocol,
}
