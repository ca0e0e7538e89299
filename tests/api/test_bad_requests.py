"""Whatever arrives, the answer is a 4xx in the one shape."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.test import Client as Browser
from pymongo.errors import ServerSelectionTimeoutError
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.test import APIClient

from messaging.broadcasts.models import Broadcast
from sessions_app import services
from tests import factories
from whatsapp_api.asgi import application
from whatsapp_api.core.errors import handle

SESSIONS = "/api/v1/sessions"


def shape(answer: Any) -> str:
    """The code, once the shape is right."""
    assert answer["Content-Type"].startswith("application/json")
    error = answer.json()["error"]
    assert {"code", "message", "request_id"} <= set(error) <= {"code", "message", "request_id", "fields"}
    assert error["request_id"] == answer["X-Request-Id"]
    assert error["message"].strip()
    return str(error["code"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"name": "x"',
        b'{"name": NaN}',
        b"\xff\xfe\x00",
        b'{"name": "\xff"}',
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_it_refuses_bodies_that_are_no_json_object(api: APIClient, body: bytes) -> None:
    answer = api.post(SESSIONS, body, content_type="application/json")

    assert (answer.status_code, shape(answer)) == (400, "invalid_json")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"])
def test_it_refuses_other_content_types(api: APIClient, kind: str) -> None:
    answer = api.generic("POST", SESSIONS, "name=x", content_type=kind)

    assert (answer.status_code, shape(answer)) == (415, "unsupported_media_type")


def test_it_refuses_other_methods(api: APIClient) -> None:
    answer = api.put(SESSIONS, {}, format="json")

    assert (answer.status_code, shape(answer)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nonsense",
        "/api/nonsense",
        f"{SESSIONS}/nonsense",
        f"{SESSIONS}/{'9' * 400}/qr",
        f"{SESSIONS}/%00",
        "/api/v1/",
    ],
)
def test_unknown_addresses_are_not_found(api: APIClient, path: str) -> None:
    answer = api.get(path)

    assert (answer.status_code, shape(answer)) == (404, "not_found")


def test_pages_outside_the_api_stay_pages(db: None) -> None:
    assert Browser().get("/nonsense")["Content-Type"].startswith("text/html")


def test_a_foreign_host_is_refused(db: None) -> None:
    answer = Browser().get(SESSIONS, headers={"Host": "evil.example"})

    assert (answer.status_code, shape(answer)) == (400, "invalid_request")


def test_the_dashboards_cookie_needs_a_csrf_token(db: None) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(factories.user(workspace=factories.workspace()))

    answer = browser.post(SESSIONS, {"name": "x"}, content_type="application/json")

    assert (answer.status_code, shape(answer)) == (403, "permission_denied")
    assert "CSRF" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OperationalError("gone"), "database_unavailable"),
        (ServerSelectionTimeoutError("gone"), "database_unavailable"),
        (RedisConnectionError("gone"), "redis_unavailable"),
    ],
)
def test_an_outage_is_said_to_be_one(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    def broken(**_: Any) -> None:
        raise fault

    monkeypatch.setattr(services, "session_create", broken)
    answer = api.post(SESSIONS, {"name": "x"}, format="json")

    assert (answer.status_code, shape(answer), answer["Retry-After"]) == (503, code, "2")


def test_our_own_defects_hide_their_details(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(services, "session_create", broken)
    api.raise_request_exception = False
    answer = api.post(SESSIONS, {"name": "x"}, format="json")

    assert (answer.status_code, shape(answer)) == (500, "internal_error")
    assert "swordfish" not in answer.content.decode()


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_long_is_refused_unread(announced: bool) -> None:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    if announced:
        headers.append((b"content-length", str(limit + 1).encode()))

    async def scenario() -> tuple[int, Any]:
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": SESSIONS, "query_string": b""}
        wire = ApplicationCommunicator(application, {**scope, "headers": headers})
        if not announced:
            for _ in range(2):
                await wire.send_input({"type": "http.request", "body": b"x" * limit, "more_body": True})
        start = await wire.receive_output(10)
        body = await wire.receive_output(10)
        return start["status"], json.loads(body["body"])

    status, body = asyncio.run(scenario())
    assert (status, body["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [(Broadcast.DoesNotExist(), 404, "not_found"), (IntegrityError("UNIQUE"), 409, "changed_meanwhile")],
)
def test_what_somebody_else_was_faster_with(fault: Exception, status: int, code: str) -> None:
    answer = handle(fault, {})
    assert answer is not None
    assert (answer.status_code, answer.data["error"]["code"]) == (status, code)
