"""What is delivered, in the OpenAPI document: `webhooks` with a schema for each event, so that generators make types.

The schema of an event is also that of a message of the WebSocket and of a row of the log; those of live-only events,
which no webhook gets, stand among the components alone.
"""

import copy
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from rest_framework import serializers
from rest_framework.generics import GenericAPIView

from whatsapp_api.core.schema import Schema
from whatsapp_api.events.models import LIVE_ONLY
from whatsapp_api.events.schemas import catalogue, payload_serializers

from .ping import TYPE as PING

Json = dict[str, Any]
TAGS = ["Webhooks"]
HEADERS = {
    "X-Webhook-Id": "Id of the event, the same whenever it is delivered: drop what you have seen.",
    "X-Webhook-Delivery": "Id of this delivery, the same at every attempt.",
    "X-Webhook-Event": "Type of the event.",
    "X-Webhook-Attempt": "From 1.",
    "X-Webhook-Timestamp": "Unix seconds of this attempt; part of what is signed.",
    "X-Webhook-Signature-256": "`sha256=<hex>`, several while secrets are rotated: HMAC of `<timestamp>.<body>`.",
    "X-Webhook-Signature-512": "The same with SHA-512.",
}
UUID = {"type": "string", "format": "uuid"}
OR_NULL: Json = {"oneOf": [UUID, {"type": "null"}]}


class PingPayload(serializers.Serializer[Any]):
    """A test of the way to your program."""

    webhook = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)


def describe_payloads(result: Json, generator: SchemaGenerator, request: Any, public: bool) -> Json:
    """A postprocessing hook before that of enums, which names those of payloads, too: they become components."""
    _references(generator)
    result["components"] = generator.registry.build(spectacular_settings.APPEND_COMPONENTS)
    return result


def describe_webhooks(result: Json, generator: SchemaGenerator, request: Any, public: bool) -> Json:
    """A postprocessing hook: each event as a component, and what a receiver has to take."""
    events = {component_of(kind): _event(kind, payload) for kind, payload in _references(generator).items()}
    schemas = result["components"]["schemas"]
    assert not events.keys() & schemas.keys(), "an event and something else have the same name"
    result["components"]["schemas"] = dict(sorted((schemas | events).items()))
    kinds = [str(kind) for kind in payload_serializers() if kind not in LIVE_ONLY]
    result["webhooks"] = {kind: {"post": _delivery(kind)} for kind in [*kinds, PING]}
    return result


def _references(generator: SchemaGenerator) -> dict[str, Json]:
    """By type of event, where its payload is among the components."""
    maker, view = Schema(), GenericAPIView[Any]()
    view.request, view.format_kwarg = None, None  # type: ignore[assignment] # nobody asks: it is for a description
    maker.registry, maker.method, maker.path, maker.view = generator.registry, "GET", "/", view
    payloads: dict[str, type[serializers.Serializer[Any]]] = {PING: PingPayload}
    payloads |= {str(kind): made for kind, made in payload_serializers().items()}
    return {kind: maker.resolve_serializer(made, "response").ref for kind, made in payloads.items()}


def component_of(kind: str) -> str:
    """`message.ack` -> `MessageAckEvent`."""
    return "".join(word.capitalize() for word in kind.replace(".", "_").split("_")) + "Event"


def _event(kind: str, payload: Json) -> Json:
    sequence = {"type": ["integer", "null"], "description": "Its number in the workspace; null when it is not logged."}
    properties = {
        "id": UUID,
        "event": {"type": "string", "const": kind},
        "sequence": sequence,
        "timestamp": {"type": "string", "format": "date-time"},
        "workspace": UUID,
        "session": OR_NULL,
        "payload": payload,
    }
    return {"type": "object", "properties": copy.deepcopy(properties), "required": list(properties)}


def _delivery(kind: str) -> Json:
    known = catalogue().get(kind, {})
    body: Json = {"schema": {"$ref": f"#/components/schemas/{component_of(kind)}"}}
    if "example" in known:
        body["example"] = known["example"]
    header = {"in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": f"on_{kind.replace('.', '_')}",
        "summary": kind,
        "description": known.get("text", str(PingPayload.__doc__)),
        "tags": TAGS,
        "parameters": [{"name": name, "description": text, **header} for name, text in HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "2XX": {"description": "Taken. Anything else, or no answer in time, and it comes again."},
            "410": {"description": "Never again: the webhook is disabled."},
        },
    }
