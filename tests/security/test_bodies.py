"""Bodies that are meant to hurt: too long, too deep, too slow."""

import asyncio
import json
from typing import Any

import pytest

from tests import factories
from whatsapp_api.accounts.models import User
from whatsapp_api.core import api_limits

SESSIONS = "/api/v1/sessions"


@pytest.mark.parametrize("levels", [17, 500, 50_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ('{"a":[', "]}")])
def test_deeply_nested_ones_are_refused(owner: User, levels: int, opening: str, closing: str) -> None:
    text = opening * levels + "1" + closing * levels
    answer = factories.client(owner).post(SESSIONS, data=text, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_json")


def test_types_other_than_json_are_refused(owner: User) -> None:
    for kind in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = factories.client(owner).post(SESSIONS, data="name=x", content_type=kind)
        assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")


def test_slow_ones_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_limits, "PATIENCE", 0.05)
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(api_limits.BodyLimit(app)({"type": "http", "headers": []}, receive, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"]["code"] == "body_too_slow"
