"""A place, and a place that moves."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import MessageKind

from .base import Body, Content, Kind


class PointFields(serializers.Serializer[Any]):
    """A point on the map."""

    latitude = serializers.FloatField(min_value=-90, max_value=90)
    longitude = serializers.FloatField(min_value=-180, max_value=180)


class LocationFields(PointFields):
    """A place on the map."""

    name = StrictTextField(max_length=1000, required=False)
    address = StrictTextField(max_length=1000, required=False)
    url = serializers.URLField(max_length=2000, required=False)


class LiveLocationFields(PointFields):
    """Where somebody is now. Each further message with a higher `sequence` is a later position."""

    caption = StrictTextField(max_length=1000, required=False)
    accuracy = serializers.IntegerField(min_value=0, max_value=100_000, required=False, help_text="Metres.")
    speed = serializers.FloatField(min_value=0, max_value=1000, required=False, help_text="Metres a second.")
    bearing = serializers.IntegerField(
        min_value=0, max_value=359, required=False, help_text="Degrees clockwise from north."
    )
    sequence = serializers.IntegerField(min_value=1, max_value=2**53, required=False)


def _content(body: Body) -> Content:
    names = ("latitude", "longitude", "name", "address", "url", "caption", "accuracy", "speed", "bearing", "sequence")
    return {name: body[name] for name in names if body.get(name) not in (None, "")}


def _text(content: Content) -> str:
    named = ", ".join(content[name] for name in ("name", "address", "caption") if content.get(name))
    return named or f"{content['latitude']:.6f}, {content['longitude']:.6f}"


LOCATION = Kind(name=MessageKind.LOCATION, summary="Send a place", fields=LocationFields, content=_content, text=_text)
LIVE_LOCATION = Kind(
    name=MessageKind.LIVE_LOCATION,
    summary="Send a live location",
    description="WhatsApp shows it as shared live. Positions after it are messages of their own: give each a higher "
    "`sequence`.",
    fields=LiveLocationFields,
    content=_content,
    text=_text,
)
