"""The Python client: its types are the API's, and it checks signatures."""

import time
from typing import Any

import pytest
from whatsapp_client import Event, Media, Message, PairingCode, Qr, Session, WrongSignature, verified
from whatsapp_client.events import messages

from messaging.webhooks.signing import signatures
from whatsapp_api.ops.site import openapi

SECRET, BODY = "whsec_" + "s" * 43, '{"id": "1", "event": "message", "payload": {"text": "¡Olé!"}}'.encode()
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}


@pytest.fixture(scope="module")
def description() -> openapi.Json:
    return openapi.document()


@pytest.mark.parametrize("model", [Session, Message, Event, Qr, PairingCode, Media], ids=lambda model: model.__name__)
def test_a_model_has_fields_of_the_api(model: Any, description: openapi.Json) -> None:
    properties = description["components"]["schemas"][model.__name__]["properties"]
    for name, annotation in model.__annotations__.items():
        kinds = properties[name].get("type", [])
        told = {TYPES[each] for each in ([kinds] if isinstance(kinds, str) else kinds)}
        ours = {getattr(each, "__origin__", each) for each in getattr(annotation, "__args__", (annotation,))}
        ours = {getattr(annotation, "__origin__", annotation)} if hasattr(annotation, "__origin__") else ours
        assert not told or told == ours, f"{model.__name__}.{name}"


def headers(at: int, secret: str = SECRET) -> dict[str, str]:
    return {"X-Webhook-Timestamp": str(at), **signatures(BODY, at, [b"whsec_former", secret.encode()])}


def test_it_knows_what_the_platform_signed() -> None:
    assert verified(SECRET, headers(int(time.time())), BODY)["payload"]["text"] == "¡Olé!"


@pytest.mark.parametrize("change", ["old", "secret", "body", "missing", "not ascii"])
def test_it_refuses_anything_else(change: str) -> None:
    now = int(time.time())
    given = headers(now - 400 if change == "old" else now, "whsec_x" if change == "secret" else SECRET)
    if change == "missing":
        given = {}
    if change == "not ascii":
        given["X-Webhook-Signature-256"] = "sha256=é"
    with pytest.raises(WrongSignature):
        verified(SECRET, given, BODY + b" " if change == "body" else BODY)


def test_it_reads_a_stream_of_events() -> None:
    beginning = 'retry: 2000\n\nevent: ready\ndata: {"sequences": {}}\n\n: still here\n\n'
    text = beginning + 'id: 7\nevent: message\ndata: {"a": 1}\n\n'
    assert list(messages(iter(text.split("\n")))) == [("ready", "", {"sequences": {}}), ("message", "7", {"a": 1})]
