"""Channels and the status: what WhatsApp or the library has not got there is refused before it is queued."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.models import Message
from sessions_app.models import Session
from tests import factories

STATUS, CHANNEL = "status@broadcast", "120363000000000001@newsletter"


def post(api: APIClient, session: Session, kind: str, **body: Any) -> Any:
    return api.post(f"/api/v1/sessions/{session.pk}/messages/{kind}", body, format="json")


@pytest.mark.parametrize(
    ("kind", "to", "fields", "says"),
    [
        ("image", CHANNEL, {"media": {"data": "aGVsbG8="}}, "handle"),
        ("document", STATUS, {"media": {"data": "aGVsbG8="}}, "the status"),
        ("poll", CHANNEL, {"question": "Tea?", "options": ["yes", "no"]}, "a channel"),
        ("audio", STATUS, {"media": {"data": "aGVsbG8="}}, "the status"),
        ("location", STATUS, {"latitude": 1, "longitude": 2}, "the status"),
        ("text", STATUS, {"text": "Hi", "mentions": ["+34600000002"]}, "leave out mentions"),
        ("text", CHANNEL, {"text": "Hi", "expires": 86400}, "leave out expires"),
        ("image", STATUS, {"media": {"data": "aGVsbG8="}, "view_once": True}, "leave out view_once"),
        ("text", "1234567890@broadcast", {"text": "Hi"}, "Broadcast lists"),
    ],
)
def test_it_says_why_not(
    api: APIClient, connected: Session, kind: str, to: str, fields: dict[str, Any], says: str
) -> None:
    answer = post(api, connected, kind, to=to, **fields)

    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "unsupported")
    assert says in answer.json()["error"]["message"]
    assert not Message.objects.exists()


def test_a_status_has_a_colour_and_a_chat_has_none(api: APIClient, connected: Session) -> None:
    shown = post(api, connected, "text", to=STATUS, text="Hi", background_color="#AA00FF").json()
    refused = post(api, connected, "text", to=factories.FRIEND_JID, text="Hi", background_color="#aa00ff")

    assert shown["content"] == {"text": "Hi", "background_color": "#aa00ff"}
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["background_color"])
