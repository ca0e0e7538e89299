"""Send a text, list, read."""

import json
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from messaging import services
from messaging.models import Direction, Message, MessageState
from messaging.payloads import message_payload
from sessions_app import commands
from sessions_app.engine.states import FINAL_STATES, State
from sessions_app.models import Desired, Session
from tests import factories
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.errors import ApiError
from whatsapp_api.events.models import Event, EventType

TEXT = {"to": "+34 600 000 002", "text": "Hello"}


def address(session: Session) -> str:
    return f"/api/v1/sessions/{session.id}/messages"


def test_it_queues_a_text(api: APIClient, connected: Session) -> None:
    answer = api.post(address(connected), TEXT, format="json")

    assert answer.status_code == 202
    sent = answer.json()
    assert answer["Location"] == f"{address(connected)}/{sent['id']}"
    assert (sent["state"], sent["direction"], sent["ack"], sent["text"]) == ("queued", "out", 0, "Hello")
    assert sent["chat"] == {"jid": factories.FRIEND_JID, "lid": "", "phone": "+34600000002"}
    assert sent["sender"]["jid"] == connected.jid
    assert api.get(answer["Location"]).json() == sent
    event = Event.objects.get(type=EventType.MESSAGE_CREATED)
    assert (event.payload, event.session_id) == (sent, connected.id)


@pytest.mark.django_db(transaction=True)
def test_the_owner_hears_of_it_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[uuid.UUID, int]] = []
    monkeypatch.setattr(commands, "wake_sends", lambda session_id: seen.append((session_id, Message.objects.count())))
    session = factories.connected_session(factories.workspace())

    services.message_create(session=session, to=factories.FRIEND_JID, content={"text": "Hello"}, text="Hello")

    assert seen == [(session.pk, 1)]


@pytest.mark.parametrize(
    ("written", "jid"),
    [
        ("+34600000002", "34600000002@s.whatsapp.net"),
        ("34600000002", "34600000002@s.whatsapp.net"),
        ("34600000002@c.us", "34600000002@s.whatsapp.net"),
        (" 34600000002:7@S.WhatsApp.net ", "34600000002@s.whatsapp.net"),
        ("120363000000000001@g.us", "120363000000000001@g.us"),
        ("34600000002-1500000000@g.us", "34600000002-1500000000@g.us"),
        ("123456789012345@lid", "123456789012345@lid"),
        ("status@broadcast", "status@broadcast"),
        ("120363000000000001@newsletter", "120363000000000001@newsletter"),
    ],
)
def test_it_takes_every_form_of_address(api: APIClient, connected: Session, written: str, jid: str) -> None:
    answer = api.post(address(connected), {"to": written, "text": "Hello"}, format="json")

    assert (answer.status_code, answer.json()["chat"]["jid"]) == (202, jid)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "@",
        "a@b",
        "@s.whatsapp.net",
        "34600@g.us",
        "x" * 81,
        "1@g.us",
        "600@s.whatsapp.net@c.us",
        "+",
        "+34",
        "34600000002@s.whatsapp.net\x00",
        "status@lid",
        "٣٤٦٠٠@lid",
        "0034600000002",
        None,
        1.5,
        True,
        [],
        {"jid": 1},
        10**400,
    ],
    ids=lambda to: repr(to)[:24],
)
def test_it_refuses_what_is_no_address(api: APIClient, connected: Session, to: object) -> None:
    answer = api.post(address(connected), {"to": to, "text": "Hello"}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["to"]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "\x00", "a\x00b", "x" * 65_537, None, 1, True, [], {}, "\ud800"], ids=lambda text: repr(text)[:12]
)
def test_it_refuses_what_is_no_text(api: APIClient, connected: Session, text: object) -> None:
    body = json.dumps({"to": TEXT["to"], "text": text})
    answer = api.post(address(connected), body, content_type="application/json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["text"]


@pytest.mark.parametrize(
    "text", ["x" * 65_536, "  spaces stay  ", "line\nline", "👩‍👩‍👧", "שלום", "<b>&amp;"], ids=lambda text: text[:8]
)
def test_it_keeps_the_text_as_it_is(api: APIClient, connected: Session, text: str) -> None:
    assert api.post(address(connected), {"to": TEXT["to"], "text": text}, format="json").json()["text"] == text


@pytest.mark.parametrize("state", sorted(set(State) - FINAL_STATES - {State.SCAN_QR, State.PAIRING_CODE}))
def test_messages_wait_while_a_session_comes_up(api: APIClient, workspace: Workspace, state: State) -> None:
    session = factories.connected_session(workspace, state=state.value)

    assert api.post(address(session), TEXT, format="json").status_code == 202


def test_messages_wait_for_a_start_that_was_just_asked_for(api: APIClient, workspace: Workspace) -> None:
    session = factories.connected_session(workspace, state=State.STOPPED.value, generation=2)

    assert api.post(address(session), TEXT, format="json").status_code == 202


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"jid": ""}, "No account is linked"),
        ({"desired": Desired.STOPPED}, "/start"),
        ({"state": State.REPLACED.value, "reason": "replaced"}, "take over again"),
        ({"state": State.BANNED.value, "reason": "temporary_ban"}, "banned"),
    ],
)
def test_messages_do_not_wait_for_a_person(
    api: APIClient, workspace: Workspace, fields: dict[str, Any], words: str
) -> None:
    session = factories.connected_session(workspace, **fields)

    answer = api.post(address(session), TEXT, format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "session_not_connected")
    assert words in answer.json()["error"]["message"]
    assert not Message.objects.exists()


def test_a_session_deleted_meanwhile_takes_no_message(connected: Session) -> None:
    Session.objects.filter(pk=connected.pk).update(deleted_at=timezone.now())

    with pytest.raises(ApiError, match="no session"):
        services.message_create(session=connected, to=factories.FRIEND_JID, content={"text": "Hello"}, text="Hello")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED, MessageState.UNCONFIRMED])
def test_it_waits_until_the_message_is_sent(state: MessageState) -> None:
    workspace = factories.workspace()
    session = factories.connected_session(workspace)
    api = factories.client(factories.user(workspace=workspace))

    def owner() -> None:
        while not Message.objects.update(state=state):
            time.sleep(0.005)
        connection.close()

    thread = threading.Thread(target=owner)
    thread.start()
    answer = api.post(f"{address(session)}?wait=30", TEXT, format="json")
    thread.join()

    assert (answer.status_code, answer.json()["state"]) == (200, state)


def test_it_waits_no_longer_than_asked(api: APIClient, connected: Session) -> None:
    started = time.monotonic()
    answer = api.post(f"{address(connected)}?wait=1", TEXT, format="json")

    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert 1 <= time.monotonic() - started < 15


@pytest.mark.parametrize("wait", ["-1", "31", "x", "nan", "1e400", "9" * 400, "", "1&wait=2"])
def test_it_refuses_to_wait_nonsense(api: APIClient, connected: Session, wait: str) -> None:
    answer = api.post(f"{address(connected)}?wait={wait}", TEXT, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["wait"]
    assert not Message.objects.exists()


def test_it_lists_newest_first_in_pages_that_stay_put(api: APIClient, connected: Session) -> None:
    ids = [str(factories.message(connected, text=str(number)).id) for number in range(5)]

    first = api.get(address(connected), {"limit": 2}).json()
    factories.message(connected, text="newer")
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    assert [row["id"] for page in (first, second, third) for row in page["results"]] == ids[::-1]
    assert third["next"] is None
    assert api.get(third["previous"]).json()["results"] == second["results"]


def test_it_filters(api: APIClient, connected: Session) -> None:
    now = timezone.now()
    old = factories.message(connected, timestamp=now - timedelta(days=2))
    lid = factories.message(connected, chat="34600000003@s.whatsapp.net", chat_lid="777@lid")
    out = factories.message(connected, direction=Direction.OUT, state=MessageState.SENT, chat="888@lid")
    image = factories.message(connected, kind="image", chat="120363000000000001@g.us", wa_id="3EB0C767D26A")

    def found(**filters: str) -> set[str]:
        return {row["id"] for row in api.get(address(connected), filters).json()["results"]}

    def ids(*messages: Message) -> set[str]:
        return {str(message.id) for message in messages}

    assert found(direction="out") == found(state="sent") == ids(out)
    assert found(kind="image") == found(chat="120363000000000001@g.us") == ids(image)
    assert found(chat="+34600000003") == found(chat="777@lid") == found(chat="34600000003@c.us") == ids(lid)
    assert found(chat="888@lid") == ids(out)
    assert found(wa_id="3EB0C767D26A") == ids(image)
    assert found(wa_id="3EB0") == set()
    assert found(until=(now - timedelta(days=1)).isoformat()) == ids(old)
    assert found(since=(now - timedelta(days=1)).isoformat()) == ids(lid, out, image)
    assert found(since="2020-01-01", until="2020-01-02T00:00:00Z") == set()
    assert found(direction="in", kind="text", chat="34600000002") == ids(old)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"direction": "sideways"}, "validation_error"),
        ({"state": "SENT"}, "validation_error"),
        ({"kind": "hologram"}, "validation_error"),
        ({"chat": "nobody"}, "validation_error"),
        ({"chat": "1\x00@lid"}, "validation_error"),
        ({"since": "yesterday"}, "validation_error"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "validation_error"),
        ({"until": "9999-12-31T23:59:59-14:00"}, "validation_error"),
        ({"until": "99999999999999999999"}, "validation_error"),
        ({"stat": "sent"}, "validation_error"),
        ({"state": ["sent", "failed"]}, "validation_error"),
        ({"state": ""}, "validation_error"),
        ({"cursor": ""}, "invalid_cursor"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "\x00"}, "invalid_cursor"),
        ({"cursor": "cD1ub25zZW5zZQ=="}, "invalid_cursor"),
        ({"limit": "0"}, "invalid_limit"),
        ({"limit": "201"}, "invalid_limit"),
        ({"limit": "9" * 5000}, "invalid_limit"),
        ({"limit": "x"}, "invalid_limit"),
    ],
)
def test_it_refuses_bad_filters(api: APIClient, connected: Session, query: dict[str, Any], code: str) -> None:
    answer = api.get(address(connected), query)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_it_reads_messages_of_this_session_only(api: APIClient, connected: Session) -> None:
    other = factories.connected_session(connected.workspace, "Other")
    message = factories.message(connected)

    assert api.get(f"{address(connected)}/{message.id}").json() == message_payload(message)
    for answer in (api.get(f"{address(other)}/{message.id}"), api.get(f"{address(connected)}/{uuid.uuid4()}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "message_not_found")
