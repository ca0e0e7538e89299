"""The file of a message: what the protobuf says of it, and how to get it."""

from typing import Any

from .library import MediaType

# Part of the protobuf -> what WhatsApp's media servers and keys call it.
PARTS = {
    "imageMessage": MediaType.MediaImage,
    "stickerMessage": MediaType.MediaImage,
    "videoMessage": MediaType.MediaVideo,
    "ptvMessage": MediaType.MediaVideo,
    "audioMessage": MediaType.MediaAudio,
    "documentMessage": MediaType.MediaDocument,
}


def file_part(message: Any) -> tuple[Any, MediaType] | None:
    """The part of a message, inside whatever wraps it, that names a file; None when none does."""
    for field, value in message.ListFields():
        if field.name in PARTS and value.mediaKey and value.directPath:
            return value, PARTS[field.name]
        if field.message_type is not None and not field.is_repeated and field.message_type.name == "FutureProofMessage":
            return file_part(value.message)
    return None


def file_details(part: Any) -> dict[str, Any]:
    """What a message says of its file: all of it is the sender's claim."""
    known = part.DESCRIPTOR.fields_by_name
    claimed = {
        "mimetype": part.mimetype[:100],
        "size": part.fileLength,
        "sha256": part.fileSHA256.hex(),
        **{name: getattr(part, name) for name in ("width", "height", "seconds") if name in known},
        "filename": (part.fileName if "fileName" in known else "")[:255],
        "waveform": part.waveform[:64].hex() if "waveform" in known else "",
    }
    return {name: value for name, value in claimed.items() if value}
