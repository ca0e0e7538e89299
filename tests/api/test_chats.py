"""Chats over REST: the list, one chat, its history, search."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.chats.activity import chat_touch
from messaging.models import Chat, Direction, Message
from sessions_app.models import Session
from tests import factories

Told = Callable[..., Message]


@pytest.fixture
def told(connected: Session) -> Told:
    def told(number: int, text: str = "Hello", **fields: Any) -> Message:
        jid = fields.pop("chat", f"3460000{number:04}@s.whatsapp.net")
        message = factories.message(connected, text=text, chat=jid, push_name=f"Person {number}", **fields)
        chat_touch(message)
        return message

    return told


def address(session: Session, rest: str = "") -> str:
    return f"/api/v1/sessions/{session.id}/chats{rest}"


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [chat["phone"][-2:] for chat in answer.json()["results"]]


def test_it_lists_chats_by_their_last_message(api: APIClient, connected: Session, told: Told) -> None:
    for number in (11, 12, 13):
        told(number)
    newest = told(12, "Again")
    answer = api.get(address(connected))
    assert numbers(answer) == ["12", "13", "11"]
    first = answer.json()["results"][0]
    assert (first["name"], first["unread"], first["kind"]) == ("Person 12", 2, "person")
    assert first["last_message"]["id"] == str(newest.pk)
    assert api.get(address(connected, "/+34600000012")).json() == first


def test_pages_follow_each_other(api: APIClient, connected: Session, told: Told) -> None:
    for number in range(11, 16):
        told(number)
    first = api.get(address(connected), {"limit": 2})
    second = api.get(first.json()["next"])
    assert numbers(first) + numbers(second) == ["15", "14", "13", "12"]
    assert numbers(api.get(second.json()["previous"])) == ["15", "14"]


def test_it_filters(api: APIClient, connected: Session, told: Told) -> None:
    told(11)
    told(12, direction=Direction.OUT, from_me=True)
    told(13, chat="123456789012345678@g.us")
    Chat.objects.filter(jid__startswith="3460000001").update(archived=True)
    Chat.objects.filter(jid__endswith="@g.us").update(name="The Family")

    def results(**query: Any) -> list[str]:
        return [row["jid"] for row in api.get(address(connected), query).json()["results"]]

    assert results(unread="true") == ["123456789012345678@g.us", "34600000011@s.whatsapp.net"]
    assert results(unread="false") == ["34600000012@s.whatsapp.net"]
    assert results(archived="false") == ["123456789012345678@g.us"]
    assert results(kind="group") == results(search="fam") == ["123456789012345678@g.us"]
    assert results(search="+34 600 000 012") == ["34600000012@s.whatsapp.net"]
    assert results(search="Person 1 (no)") == []
    assert api.get(address(connected), {"unred": "true"}).json()["error"]["code"] == "validation_error"


def test_history_is_the_chats_own(api: APIClient, connected: Session, told: Told) -> None:
    first, _, last = told(11, "one"), told(12, "two"), told(11, "three")
    answer = api.get(address(connected, "/34600000011@c.us/messages"))
    assert [row["id"] for row in answer.json()["results"]] == [str(last.pk), str(first.pk)]
    found = api.get(address(connected, "/34600000011@c.us/messages"), {"q": "ONE"}).json()["results"]
    assert [row["id"] for row in found] == [str(first.pk)]


def test_search_covers_the_session_and_pages(api: APIClient, connected: Session, told: Told) -> None:
    for number in range(5):
        told(11 + number % 2, f"Order {number} is late")
    told(13, "nothing of the kind")
    messages = f"/api/v1/sessions/{connected.id}/messages"
    page = api.get(f"{messages}?q=late+order&limit=3").json()
    rest = api.get(page["next"]).json()
    assert [row["text"][6] for row in page["results"] + rest["results"]] == list("43210")
    assert rest["next"] is None
    assert len(api.get(messages, {"q": "late", "chat": "+34600000012"}).json()["results"]) == 2


@pytest.mark.parametrize(
    "query", [{"q": "!!"}, {"q": "x" * 201}, {"q": "late", "cursor": "bad!"}, {"q": "a", "cursor": "AAAA"}]
)
def test_it_refuses_a_search_that_makes_no_sense(api: APIClient, connected: Session, query: dict[str, str]) -> None:
    answer = api.get(f"/api/v1/sessions/{connected.id}/messages", query)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"validation_error", "invalid_cursor"}


@pytest.mark.parametrize("chat", ["nobody@example.com", "12", "+34600999999"])
def test_it_refuses_chats_that_there_are_not(api: APIClient, connected: Session, chat: str) -> None:
    for rest in ("", "/messages"):
        answer = api.get(address(connected, f"/{chat}{rest}"))
        assert answer.json()["error"]["code"] == ("chat_not_found" if chat[0] == "+" else "invalid_chat")


def test_strangers_see_nothing(strangers_api: APIClient, connected: Session, told: Told) -> None:
    told(11)
    for rest in ("", "/+34600000011", "/+34600000011/messages"):
        assert strangers_api.get(address(connected, rest)).json()["error"]["code"] == "session_not_found"
