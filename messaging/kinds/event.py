"""An event to come to, as groups plan them."""

from typing import Any

from rest_framework import serializers

from messaging.fields import StrictTextField
from messaging.models import MessageKind
from whatsapp_api.core.formats import iso

from .base import Body, Content, Kind, Unfit


class EventFields(serializers.Serializer[Any]):
    """An event."""

    name = StrictTextField(max_length=200)
    description = StrictTextField(max_length=2048, required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(required=False)
    location = StrictTextField(max_length=1000, required=False, help_text="The name of the place.")
    join_link = serializers.URLField(max_length=2000, required=False)


def _content(body: Body) -> Content:
    if body.get("ends_at") and body["ends_at"] < body["starts_at"]:
        raise Unfit("ends_at", "An event ends after it starts.")
    times = {name: iso(body[name]) for name in ("starts_at", "ends_at") if body.get(name)}
    texts = {name: body[name] for name in ("name", "description", "join_link") if body.get(name)}
    place = {"location": {"name": body["location"]}} if body.get("location") else {}
    return {**texts, **times, **place, "canceled": False}


KIND = Kind(
    name=MessageKind.EVENT,
    summary="Send an event",
    description="Phones show events in groups; who comes is known to phones only.",
    fields=EventFields,
    content=_content,
    text=lambda content: str(content["name"]),
)
