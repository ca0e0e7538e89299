"""A text."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.links import first_link
from messaging.models import MessageKind
from messaging.previews.asking import LinkPreviewSerializer

from .base import Body, Content, Kind, Unfit

TEXT_LIMIT = 65_536
STATUS = "status@broadcast"


class TextFields(serializers.Serializer[Any]):
    """A text message."""

    text = StrictTextField(max_length=TEXT_LIMIT)
    preview = serializers.BooleanField(
        required=False,
        help_text="Look up title, description and image of the first link. When that fails, it is sent without.",
    )
    link_preview = LinkPreviewSerializer(required=False)
    background_color = serializers.RegexField(
        r"^#[0-9a-fA-F]{6}\Z", required=False, max_length=7, help_text="Of a status: `#rrggbb`. Chats show none."
    )


def _content(body: Body) -> Content:
    color = body.get("background_color")
    if color and body.get("to", STATUS) != STATUS:  # a change of what is queued names no chat
        raise Unfit("background_color", f"Only a status has a background: write to {STATUS}, or leave it out.")
    preview = _preview(body)
    return {
        "text": body["text"],
        **({"background_color": color.lower()} if color else {}),
        **({"link_preview": preview} if preview else {}),
    }


def _preview(body: Body) -> Content:
    """Without its image, and without what is still to be looked up: messaging.previews adds both."""
    given = body.get("link_preview")
    if given and body.get("preview"):
        raise Unfit("preview", "Either give link_preview, or have it looked up by preview.")
    if given:
        if given["url"] not in body["text"]:
            raise Unfit("link_preview", "The text must hold the url as it is written here.")
        return {name: given[name] for name in ("url", "title", "description") if given.get(name)}
    if not body.get("preview"):
        return {}
    if not (url := first_link(body["text"])):
        raise Unfit("preview", "The text has no link: it begins with https:// or http://.")
    return {"url": url}


KIND = Kind(
    name=MessageKind.TEXT,
    summary="Send a text",
    fields=TextFields,
    content=_content,
    text=lambda content: str(content["text"]),
)
