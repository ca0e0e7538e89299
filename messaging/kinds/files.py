"""Messages that are a file: image, video, round video, audio, voice note, document, sticker."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.media.fields import MediaField
from messaging.models import MessageKind

from .base import Body, Content, Kind

CAPTION_LIMIT = 4096
FILENAME_LIMIT = 240


class FileFields(serializers.Serializer[Any]):
    """A file."""

    media = MediaField()


class CaptionedFields(FileFields):
    """A file with a text below."""

    caption = StrictTextField(max_length=CAPTION_LIMIT, required=False, allow_blank=True)


class ImageFields(CaptionedFields):
    """An image."""

    view_once = serializers.BooleanField(required=False, help_text="It can be looked at once.")


class VideoFields(ImageFields):
    """A video."""

    gif = serializers.BooleanField(required=False, help_text="Plays by itself, over and over, without sound.")


class VoiceFields(FileFields):
    """A voice note."""

    view_once = serializers.BooleanField(required=False, help_text="It can be heard once.")


class DocumentFields(CaptionedFields):
    """A document."""

    filename = StrictTextField(max_length=FILENAME_LIMIT, required=False, help_text="By default the file's own.")


class StickerFields(FileFields):
    """A sticker."""

    pack = StrictTextField(max_length=100, required=False, help_text="Name of the pack that it shows.")
    author = StrictTextField(max_length=100, required=False)
    emojis = serializers.ListField(child=StrictTextField(max_length=16), required=False, max_length=3)


def _content(body: Body) -> Content:
    """Everything but the file, which messaging.media.attaching adds."""
    names = ("caption", "view_once", "gif", "filename", "pack", "author", "emojis")
    return {name: body[name] for name in names if body.get(name)}


def _text(content: Content) -> str:
    return str(content.get("caption") or content.get("filename") or content["media"].get("filename") or "")


def _caption(content: Content) -> str:
    return str(content.get("caption", ""))


def _kind(name: MessageKind, summary: str, description: str, fields: Any, text: Any = _caption) -> Kind:
    return Kind(
        name=name, summary=summary, description=description, fields=fields, content=_content, text=text, media=True
    )


FILES = (
    _kind(MessageKind.IMAGE, "Send an image", "JPEG and PNG go as they are, others become JPEG.", ImageFields),
    _kind(
        MessageKind.VIDEO, "Send a video", "MP4 with H.264 and AAC goes as it is, others are encoded anew.", VideoFields
    ),
    _kind(MessageKind.VIDEO_NOTE, "Send a round video", "The middle square of a video.", FileFields),
    _kind(MessageKind.AUDIO, "Send an audio file", "What WhatsApp does not play becomes Opus.", FileFields),
    _kind(MessageKind.VOICE, "Send a voice note", "Any sound; it becomes Opus with a waveform.", VoiceFields),
    _kind(MessageKind.DOCUMENT, "Send a document", "Any file, as it is.", DocumentFields, _text),
    _kind(MessageKind.STICKER, "Send a sticker", "Any image, GIF or short video; it becomes WebP.", StickerFields),
)
