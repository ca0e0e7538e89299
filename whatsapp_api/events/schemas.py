"""What events carry: a typed definition of each payload, and the JSON schema made from it.

The definitions are serializers that live beside the code which makes the payloads. Tests hold every payload that is
published against them.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .models import EventType

if TYPE_CHECKING:
    from rest_framework.serializers import Serializer

CATALOGUE = Path(__file__).with_name("catalogue.json")
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_modules = ["whatsapp_api.events.security_payloads"]


def payloads_register(module: str) -> None:
    """`module` has a `PAYLOADS`; loaded when somebody asks, because processes that only publish never do."""
    _modules.append(module)


@cache
def payload_serializers() -> "Mapping[EventType, type[Serializer[Any]]]":
    found: dict[EventType, type[Serializer[Any]]] = {}
    for module in _modules:
        found |= import_module(module).PAYLOADS
    return found


@cache
def payload_schema(event_type: EventType) -> dict[str, Any]:
    """JSON schema (2020-12) of the payload, complete in itself. Later versions may add properties."""
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.plumbing import ComponentRegistry
    from rest_framework.generics import GenericAPIView

    maker, view = AutoSchema(), GenericAPIView[Any]()
    view.request, view.format_kwarg = None, None  # type: ignore[assignment] # nobody asks: it is for a description
    maker.registry, maker.method, maker.path, maker.view = ComponentRegistry(), "GET", f"/{event_type}", view
    component = maker.resolve_serializer(payload_serializers()[event_type], "response")
    schemas = maker.registry.build({})["schemas"]
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")
    definitions: dict[str, Any] = json.loads(text, object_hook=_without_marks)
    return {"$schema": DIALECT, **definitions.pop(component.name), **({"$defs": definitions} if definitions else {})}


def _without_marks(found: dict[str, Any]) -> dict[str, Any]:
    """The maker's notes to itself are nobody's business."""
    return {name: value for name, value in found.items() if not name.startswith("x-spec")}


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """By type: a sentence and a true example, both from docs/events.md (`make catalogue`)."""
    found: dict[str, dict[str, Any]] = json.loads(CATALOGUE.read_text())
    return found
