"""Messages that are a file. The library gets bytes only: given a name, it would fetch a URL or open any file.

Thumbnail, size, duration and waveform come from the platform, which made them in a confined process.
"""

import time
from pathlib import Path
from typing import Any

from sessions_app.engine.errors import EngineError
from sessions_app.engine.whatsapp.library import MediaType, Message

from .draft import Draft

# Kind -> the part of the protobuf, and what WhatsApp's media servers and keys call it.
PARTS = {
    "image": ("imageMessage", MediaType.MediaImage),
    "sticker": ("stickerMessage", MediaType.MediaImage),
    "video": ("videoMessage", MediaType.MediaVideo),
    "video_note": ("ptvMessage", MediaType.MediaVideo),
    "audio": ("audioMessage", MediaType.MediaAudio),
    "voice": ("audioMessage", MediaType.MediaAudio),
    "document": ("documentMessage", MediaType.MediaDocument),
}


def build(draft: Draft) -> Any:
    """Upload the file and say where it is."""
    media = draft.content.get("media") or {}
    field, media_type = PARTS[draft.kind]
    message = Message()
    part = getattr(message, field)
    _point_to(part, draft.client.upload(_bytes(media.get("path")), media_type))
    _set(part, **_described(draft, media))
    if path := media.get("thumbnail_path"):
        _set(part, JPEGThumbnail=_bytes(path))
    if draft.content.get("view_once"):
        return Message(viewOnceMessageV2={"message": message})
    if draft.kind == "document" and draft.content.get("caption"):
        return Message(documentWithCaptionMessage={"message": message})
    return message


def _bytes(path: Any) -> bytes:
    try:
        return Path(str(path or "")).read_bytes()
    except OSError as error:
        raise EngineError("the message's file is gone", code="media_expired") from error


def _point_to(part: Any, upload: Any) -> None:
    part.URL, part.directPath, part.mediaKey = upload.url, upload.DirectPath, upload.MediaKey
    part.mediaKeyTimestamp = int(time.time())
    part.fileSHA256, part.fileEncSHA256, part.fileLength = upload.FileSHA256, upload.FileEncSHA256, upload.FileLength


def _described(draft: Draft, media: dict[str, Any]) -> dict[str, Any]:
    content = draft.content
    filename = content.get("filename") or media.get("filename") or "file"
    moving = draft.kind == "sticker" and b"ANIM" in _bytes(media.get("path"))[:64]
    return {
        "mimetype": media.get("mimetype"),
        "caption": content.get("caption"),
        "width": media.get("width"),
        "height": media.get("height"),
        "seconds": round(media.get("seconds") or 0) or (1 if media.get("seconds") else 0),
        "waveform": bytes.fromhex(media.get("waveform") or "") if draft.kind == "voice" else b"",
        "PTT": draft.kind == "voice",
        "fileName": filename,
        "title": filename,
        "gifPlayback": bool(content.get("gif")),
        "viewOnce": bool(content.get("view_once")),
        "isAnimated": moving,
    }


def _set(part: Any, **values: Any) -> None:
    """Those that have a value and that this kind of message knows."""
    known = part.DESCRIPTOR.fields_by_name
    for name, value in values.items():
        if value and name in known:
            setattr(part, name, value)
