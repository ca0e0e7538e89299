"""What a person can write: builders of `waE2E.Message`."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from sessions_app.sandbox.crypto import media
from sessions_app.sandbox.phones.reading import unwrap
from sessions_app.sandbox.phones.results import Received
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID

Upload = Callable[[str, bytes], tuple[str, str]]
"""Stores an encrypted body of a media type; gives its URL and its direct path."""

FIELDS = {
    "image": "imageMessage",
    "video": "videoMessage",
    "video_note": "ptvMessage",
    "audio": "audioMessage",
    "voice": "audioMessage",
    "document": "documentMessage",
    "sticker": "stickerMessage",
}
MIMETYPES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "audio": "audio/mp4",
    "voice": "audio/ogg; codecs=opus",
    "document": "application/octet-stream",
    "sticker": "image/webp",
}
_UPLOAD_TYPES = {"voice": "audio", "sticker": "image", "video_note": "video"}


def text(body: str, *, quoted: Received | None = None, mentions: Sequence[JID] = ()) -> Any:
    """A text; short form unless it quotes or mentions."""
    if quoted is None and not mentions:
        return e2e.Message(conversation=body)
    context = _context(quoted)
    context.mentionedJID.extend(str(jid) for jid in mentions)
    return e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text=body, contextInfo=context))


def file(
    kind: str,
    data: bytes,
    upload: Upload,
    *,
    mimetype: str = "",
    caption: str = "",
    filename: str = "",
    seconds: int = 0,
    size: tuple[int, int] = (0, 0),
    thumbnail: bytes = b"",
    waveform: bytes = b"",
    quoted: Received | None = None,
    view_once: bool = False,
) -> Any:
    """A file of one of the kinds in `FIELDS`; it is encrypted and uploaded."""
    encrypted = media.encrypt(data, kind)
    url, direct_path = upload(_UPLOAD_TYPES.get(kind, kind), encrypted.body)
    message = e2e.Message()
    part = getattr(message, FIELDS[kind])
    part.URL, part.directPath = url, direct_path
    part.mediaKey, part.mediaKeyTimestamp = encrypted.key, int(time.time())
    part.fileSHA256, part.fileEncSHA256, part.fileLength = encrypted.sha256, encrypted.encrypted_sha256, encrypted.size
    part.mimetype = mimetype or MIMETYPES[kind]
    details = {
        "caption": caption,
        "fileName": filename,
        "title": filename,
        "seconds": seconds,
        "width": size[0],
        "height": size[1],
        "JPEGThumbnail": thumbnail,
        "waveform": waveform,
        "PTT": kind == "voice",
        "viewOnce": view_once,
    }
    _set_known(part, details)
    if quoted is not None:
        part.contextInfo.CopyFrom(_context(quoted))
    return _wrap(message, kind=kind, caption=caption, view_once=view_once)


def album(images: int, videos: int) -> Any:
    """What holds the files together that follow; each names it, see `in_album`."""
    return e2e.Message(albumMessage=e2e.AlbumMessage(expectedImageCount=images, expectedVideoCount=videos))


def in_album(message: Any, parent: Received) -> None:
    """Let a file belong to an album."""
    association = message.messageContextInfo.messageAssociation
    association.associationType = e2e.MessageAssociation.MEDIA_ALBUM
    association.parentMessageKey.CopyFrom(_key(parent))


def location(latitude: float, longitude: float, *, name: str = "", address: str = "") -> Any:
    """A place on the map."""
    place = e2e.LocationMessage(degreesLatitude=latitude, degreesLongitude=longitude)
    _set_known(place, {"name": name, "address": address})
    return e2e.Message(locationMessage=place)


def live_location(latitude: float, longitude: float, *, caption: str = "", sequence: int = 1) -> Any:
    """Where the phone is now; later positions have higher numbers."""
    place = e2e.LiveLocationMessage(
        degreesLatitude=latitude, degreesLongitude=longitude, caption=caption, sequenceNumber=sequence
    )
    return e2e.Message(liveLocationMessage=place)


def contact(name: str, vcard: str) -> Any:
    """A visiting card."""
    return e2e.Message(contactMessage=e2e.ContactMessage(displayName=name, vcard=vcard))


def contacts(cards: Sequence[tuple[str, str]]) -> Any:
    """Several visiting cards, as name and vCard."""
    several = [e2e.ContactMessage(displayName=name, vcard=vcard) for name, vcard in cards]
    title = f"{len(several)} contacts"
    return e2e.Message(contactsArrayMessage=e2e.ContactsArrayMessage(displayName=title, contacts=several))


def choice(menu: Received, option: str, title: str = "") -> Any:
    """What a tap on a row of a list, or on a button, answers: the option's id."""
    context = _context(menu)
    if menu.kind == "list":
        row = e2e.ListResponseMessage.SingleSelectReply(selectedRowID=option)
        answer = e2e.ListResponseMessage(title=title, singleSelectReply=row, contextInfo=context)
        answer.listType = e2e.ListResponseMessage.SINGLE_SELECT
        return e2e.Message(listResponseMessage=answer)
    message = e2e.Message()
    reply = message.interactiveResponseMessage
    reply.body.text = title
    reply.contextInfo.CopyFrom(context)
    reply.nativeFlowResponseMessage.name = "quick_reply"
    reply.nativeFlowResponseMessage.paramsJSON = json.dumps({"id": option})
    return message


def carry(message: Any, *, quoted: Received | None = None, forwarded: int = 0, expires: int = 0) -> None:
    """Let a message of any kind answer another one, be forwarded, or disappear after so many seconds."""
    if quoted is None and not forwarded and not expires:
        return
    if message.HasField("conversation"):
        message.extendedTextMessage.text = message.conversation
        message.ClearField("conversation")
    part = _part(message)
    if part is None:
        return
    if quoted is not None and not part.contextInfo.stanzaID:
        part.contextInfo.MergeFrom(_context(quoted))
    if forwarded:
        part.contextInfo.isForwarded, part.contextInfo.forwardingScore = True, forwarded
    if expires:
        part.contextInfo.expiration = expires


def _part(message: Any) -> Any:
    """What can carry a context, if anything."""
    parts = [value for field, value in unwrap(message).ListFields() if field.message_type is not None]
    return next((part for part in parts if "contextInfo" in part.DESCRIPTOR.fields_by_name), None)


def poll(question: str, options: Sequence[str], *, selectable: int = 1) -> Any:
    """A poll; votes are encrypted with its message secret. `selectable` 0 lets people choose any number."""
    creation = e2e.PollCreationMessage(name=question, selectableOptionsCount=selectable)
    for option in options:
        creation.options.add(optionName=option, optionHash=hashlib.sha256(option.encode()).hexdigest())
    message = e2e.Message(**{"pollCreationMessageV3" if selectable == 1 else "pollCreationMessage": creation})
    message.messageContextInfo.messageSecret = os.urandom(32)
    return message


def reaction(target: Received, emoji: str) -> Any:
    """A reaction to a message; an empty emoji takes it back."""
    now = int(time.time() * 1000)
    return e2e.Message(reactionMessage=e2e.ReactionMessage(key=_key(target), text=emoji, senderTimestampMS=now))


def edit(target: Received, body: str) -> Any:
    """Another text for a message of one's own."""
    protocol = e2e.ProtocolMessage(type=e2e.ProtocolMessage.MESSAGE_EDIT, key=_key(target))
    protocol.editedMessage.conversation = body
    protocol.timestampMS = int(time.time() * 1000)
    return e2e.Message(editedMessage=e2e.FutureProofMessage(message=e2e.Message(protocolMessage=protocol)))


def revoke(target: Received) -> Any:
    """Delete a message for everyone."""
    return e2e.Message(protocolMessage=e2e.ProtocolMessage(type=e2e.ProtocolMessage.REVOKE, key=_key(target)))


def _key(target: Received) -> Any:
    """What points to a message; the writer is named where the chat does not tell."""
    message = e2e.Message()
    key = message.protocolMessage.key
    key.remoteJID, key.fromMe, key.ID = str(target.chat), target.from_me, target.id
    if target.chat.server == "g.us":
        key.participant = str(target.sender.bare())
    return key


def _context(quoted: Received | None) -> Any:
    context = e2e.ContextInfo()
    if quoted is not None:
        context.stanzaID, context.participant = quoted.id, str(quoted.sender.bare())
        context.quotedMessage.ParseFromString(quoted.raw)
        context.quotedMessage.ClearField("messageContextInfo")
    return context


def _set_known(part: Any, details: dict[str, Any]) -> None:
    """Set those details that have a value and that this kind of message knows."""
    known = part.DESCRIPTOR.fields_by_name
    for name, value in details.items():
        if value and name in known:
            setattr(part, name, value)


def _wrap(message: Any, *, kind: str, caption: str, view_once: bool) -> Any:
    if view_once:
        return e2e.Message(viewOnceMessageV2=e2e.FutureProofMessage(message=message))
    if kind == "document" and caption:
        return e2e.Message(documentWithCaptionMessage=e2e.FutureProofMessage(message=message))
    return message
