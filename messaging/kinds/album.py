"""An album. It is sent as several messages (messaging.albums), so it is not among the kinds that are one."""

from typing import Any

from rest_framework import serializers

from messaging.models import MessageKind

from .base import Body, Content, Kind
from .files import CaptionedFields

ITEMS_AT_LEAST, ITEMS_AT_MOST = 2, 30


class AlbumItemSerializer(CaptionedFields):
    """An image or a video of an album."""

    kind = serializers.ChoiceField([MessageKind.IMAGE.value, MessageKind.VIDEO.value], default=MessageKind.IMAGE.value)


class AlbumFields(serializers.Serializer[Any]):
    """Several images and videos that phones show as one."""

    items = serializers.ListField(
        child=AlbumItemSerializer(), min_length=ITEMS_AT_LEAST, max_length=ITEMS_AT_MOST, help_text="In this order."
    )


def _content(body: Body) -> Content:
    kinds = [item["kind"] for item in body["items"]]
    return {"images": kinds.count(MessageKind.IMAGE.value), "videos": kinds.count(MessageKind.VIDEO.value)}


ALBUM = Kind(
    name=MessageKind.ALBUM,
    summary="Send an album",
    description="Several images and videos that phones show as one. Answers the message that holds it together; its "
    "`content.items` are the messages of the files.",
    fields=AlbumFields,
    content=_content,
    text=lambda content: "",
)
