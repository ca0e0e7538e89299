"""What a request says about the preview of its link. Nothing is looked up here."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.links import is_link
from messaging.media.attaching import media_find
from messaging.media.fields import MediaField
from messaging.media.payloads import media_summary
from sessions_app.models import Session

Content = dict[str, Any]
TITLE_LIMIT = 300
DESCRIPTION_LIMIT = 1000


class LinkField(StrictTextField):
    """An address of the web."""

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        if not is_link(url):
            raise serializers.ValidationError("Write an address that begins with https:// or http://.")
        return url


class LinkPreviewSerializer(serializers.Serializer[Any]):
    """What is shown of a link below the text, as you want it."""

    url = LinkField(max_length=2048, help_text="The link as it stands in the text.")
    title = StrictTextField(max_length=TITLE_LIMIT)
    description = StrictTextField(max_length=DESCRIPTION_LIMIT, required=False, allow_blank=True)
    image = MediaField(required=False)


def preview_expect(session: Session, body: Mapping[str, Any], content: Content) -> bool:
    """Complete the preview of a content; true when a worker has to look something up, or make an image small."""
    if body.get("preview"):
        return True
    image = (body.get("link_preview") or {}).get("image")
    if image is None:
        return False
    media = media_find(session, "image", image)
    content["link_preview"] = {**content["link_preview"], "image": media_summary(media)}
    return True
