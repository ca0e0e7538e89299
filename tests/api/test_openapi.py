"""The description is valid, complete, and says what the payloads hold."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from messaging.payloads import message_payload
from sessions_app.payloads import session_payload
from tests import factories
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import envelope, publish

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    answer: dict[str, Any] = Browser().get("/api/v1/openapi.json").json()
    return answer


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_it_is_valid_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_it_describes_every_address(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    paths = set(description["paths"])
    session = "/api/v1/sessions/{session_id}"
    assert {
        "/api/v1/auth/token",
        "/api/v1/auth/token/refresh",
        "/api/v1/auth/token/verify",
        "/api/v1/sessions",
        session,
        *(f"{session}/{name}" for name in ("start", "stop", "restart", "logout", "qr", "pairing-code", "messages")),
        f"{session}/messages/{{message_id}}",
        "/api/v1/events",
        "/api/v1/events/stream",
        "/api/v1/events/types",
        "/ws/events",
    } <= paths


def test_every_operation_is_explained(description: dict[str, Any]) -> None:
    for path, method, operation in operations(description):
        assert operation.get("summary"), (path, method)
        assert len(operation.get("tags", [])) == 1, (path, method)
        assert "default" in operation["responses"], (path, method)
        assert {"101", "200", "201", "202", "204"} & {*operation["responses"]}, (path, method)


def test_names_of_operations_are_unique(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names))


def test_the_payloads_are_what_it_says(db: None, description: dict[str, Any]) -> None:
    session = factories.connected_session(factories.workspace())
    event = publish(EventType.MESSAGE, workspace_id=session.workspace_id, session_id=session.pk, payload={})
    schemas = description["components"]["schemas"]
    for name, payload in {
        "Session": session_payload(session),
        "Message": message_payload(factories.message(session)),
        "Event": envelope(event),
    }.items():
        assert list(schemas[name]["properties"]) == list(payload), name
    message = message_payload(factories.message(session))
    assert list(schemas["Chat"]["properties"]) == list(message["chat"])
    assert set(schemas["Sender"]["properties"]) == set(message["sender"])


@pytest.mark.parametrize("page", ["/api/docs/", "/api/redoc/"])
def test_the_pages_load_nothing_from_elsewhere(page: str) -> None:
    html = Browser().get(page).content.decode()

    assert "/static/drf_spectacular_sidecar/" in html
    assert "https://" not in html.replace("https://fonts", "")
    assert "cdn" not in html.lower()
