"""Disappearing messages: who sets the timer of a chat, and what is sent there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from messaging.chats.timers import timer_keep, timer_store
from messaging.inbound import message_store
from messaging.models import Chat, Message
from messaging.outbox import MessageOutbox
from sessions_app.engine.base import ChatTimerChanged, MessageReceived, Outgoing
from sessions_app.models import Session
from tests import factories
from whatsapp_api.core.formats import from_unix
from whatsapp_api.events.models import Event

from .conftest import AT, FRIEND

DAY, WEEK = 86_400, 604_800


def told(session: Session, seconds: int, at: float = AT) -> None:
    event = ChatTimerChanged(session=str(session.pk), chat=FRIEND, sender=FRIEND, seconds=seconds, at=at)
    timer_store(session, event)


def leaving(session: Session) -> Outgoing:
    outgoing = MessageOutbox().claim(session.pk, claim="node:1")
    assert outgoing is not None
    return outgoing


def timer(session: Session) -> int:
    return Chat.objects.get(session=session).disappearing


def test_the_latest_setting_counts_and_each_change_is_told_once(session: Session) -> None:
    for seconds, at in ((DAY, AT), (DAY, AT), (WEEK, AT - 5), (0, AT + 5)):
        told(session, seconds, at)
    assert timer(session) == 0
    payloads = [event.payload for event in Event.objects.filter(type="chat.update").order_by("sequence")]
    assert [payload["disappearing"] for payload in payloads] == [DAY, 0]
    assert payloads[0]["jid"] == factories.FRIEND_JID


def test_what_leaves_carries_the_timer_of_that_moment(session: Session, queue: Callable[..., Message]) -> None:
    for context in ({}, {"expires": WEEK}, {"expires": 0}):
        queue(content={"text": "Hi", **({"context": context} if context else {})})
    queue(kind="reaction", content={"emoji": "x"})
    told(session, DAY)
    since = {"expires": DAY, "expires_since": int(AT)}
    assert [leaving(session).content.get("context") for _ in range(4)] == [
        since,
        {"expires": WEEK},
        {"expires": 0},
        None,
    ]


def test_what_people_write_tells_their_timer(session: Session, incoming: Callable[..., MessageReceived]) -> None:
    def write(wa_id: str, **context: Any) -> None:
        message_store(session, incoming(wa_id=wa_id, details={"text": "Hi", "context": context}))

    write("1", expires=DAY)
    assert timer(session) == 0  # of this one message, as some programs send it
    write("2", expires=DAY, expires_since=int(AT))
    assert timer(session) == DAY
    write("3", expires=WEEK, expires_since=int(AT - 60))
    assert timer(session) == DAY


def test_a_setting_without_its_time_is_how_it_is_now(session: Session) -> None:
    told(session, DAY)
    chat = timer_keep(session, factories.FRIEND_JID, "", WEEK, None)
    assert (chat.disappearing, chat.disappearing_at) == (WEEK, None)
    assert timer_keep(session, factories.FRIEND_JID, "", DAY, from_unix(AT) + timedelta(days=1)).disappearing == DAY


@pytest.mark.parametrize(
    ("chat", "body", "code"),
    [
        ("status@broadcast", {"seconds": DAY}, "invalid_chat"),
        ("123456789012345678@newsletter", {"seconds": DAY}, "invalid_chat"),
        ("+34600000002", {"seconds": 5}, "validation_error"),
        ("+34600000002", {}, "validation_error"),
    ],
)
def test_only_what_phones_offer_is_taken(session: Session, chat: str, body: dict[str, Any], code: str) -> None:
    client = factories.client(factories.superuser())
    answer = client.put(f"/api/v1/sessions/{session.pk}/chats/{chat}/disappearing", body, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
