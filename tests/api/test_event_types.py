"""What events carry is described, for programs too."""

import uuid

import jsonschema_rs
import pytest
from rest_framework.test import APIClient

from messaging.webhooks.models import Endpoint
from messaging.webhooks.ping import ping_event
from tests import event_catalogue, factories
from tests.payload_checks import payload_check
from whatsapp_api.events.models import LIVE_ONLY, EventType
from whatsapp_api.events.schemas import catalogue, payload_serializers


@pytest.fixture
def api(db: None) -> APIClient:
    return factories.client(factories.user("alice", workspace=factories.workspace()))


def test_every_type_has_a_schema_and_an_example_that_fits_it(api: APIClient) -> None:
    found = api.get("/api/v1/events/types").json()["results"]
    assert [each["type"] for each in found] == EventType.values
    assert {each["type"] for each in found if each["live_only"]} == set(LIVE_ONLY)
    for each in found:
        jsonschema_rs.validator_for(each["schema"]).validate(each["example"]["payload"])
        payload_check(each["type"], each["example"]["payload"])
        assert each["example"]["event"] == each["type"] and each["text"]


def test_it_is_for_those_who_are_logged_in() -> None:
    assert APIClient().get("/api/v1/events/types").status_code == 401


def test_the_catalogue_is_what_the_document_says() -> None:
    assert catalogue() == event_catalogue.described(), "docs/events.md changed: run `make catalogue`"


def test_every_type_has_one_definition() -> None:
    assert set(payload_serializers()) == set(EventType)


def test_a_payload_that_does_not_fit_is_found() -> None:
    with pytest.raises(AssertionError, match="does not fit"):
        payload_check("chat.deleted", {"session": "x", "jid": "a", "lid": "b", "more": 1})
    with pytest.raises(AssertionError, match="does not fit"):
        payload_check("chat.deleted", {"session": "x", "jid": None, "lid": "b"})


def test_the_openapi_document_has_what_a_webhook_gets() -> None:
    document = APIClient().get("/api/v1/openapi.json").json()
    components = document["components"]["schemas"]
    kinds = {kind for kind in EventType.values if kind not in LIVE_ONLY}
    assert set(document["webhooks"]) == {*kinds, "webhook.ping"}
    for kind, operation in document["webhooks"].items():
        content = operation["post"]["requestBody"]["content"]["application/json"]
        name = content["schema"]["$ref"].rsplit("/", 1)[1]
        schema = {**components[name], "components": {"schemas": components}}
        assert schema["properties"]["event"]["const"] == kind
        if kind != "webhook.ping":
            jsonschema_rs.validator_for(schema).validate(content["example"])
    assert "SessionQrEvent" in components, "what only the WebSocket carries is described as well"


def test_a_ping_is_as_described() -> None:
    hook = Endpoint(name="Orders", workspace_id=uuid.uuid4())
    document = APIClient().get("/api/v1/openapi.json").json()
    schema = {**document["components"]["schemas"]["WebhookPingEvent"], "components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(ping_event(hook, uuid.uuid4()))
