"""GET /api/v1/events/types: which events there are and what each carries, for programs that generate code."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from whatsapp_api.core.api_schema import refusals

from .models import LIVE_ONLY, EventType
from .schemas import catalogue, payload_schema


class EventTypeSerializer(serializers.Serializer[Any]):
    """One type of event."""

    type = serializers.CharField()
    text = serializers.CharField(help_text="When it comes.")
    live_only = serializers.BooleanField(help_text="On WebSocket and SSE only; never stored, never to webhooks.")
    schema = serializers.DictField(help_text="JSON schema (2020-12) of the payload. Later versions may add properties.")
    example = serializers.DictField(help_text="A whole event.")


class EventTypeListSerializer(serializers.Serializer[Any]):
    results = EventTypeSerializer(many=True)


class EventTypes(APIView):
    """The closed list."""

    @extend_schema(
        summary="List the types of events",
        description="Each with the JSON schema of its payload and an example.",
        tags=["Events"],
        responses={200: EventTypeListSerializer, **refusals(e401="not_authenticated")},
    )
    def get(self, request: Request) -> Response:
        return Response({"results": [_shown(kind) for kind in EventType]})


def _shown(kind: EventType) -> dict[str, Any]:
    return {
        "type": kind.value,
        "text": catalogue()[kind]["text"],
        "live_only": kind in LIVE_ONLY,
        "schema": payload_schema(kind),
        "example": catalogue()[kind]["example"],
    }
