"""Messages for later: they wait until they are due, and can be changed and cancelled until then."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.models import Message, MessageState
from messaging.outbox import MessageOutbox
from messaging.scheduling import scheduled_expire
from sessions_app.models import Session
from tests import factories


def moment(**ahead: float) -> str:
    return (timezone.now() + timedelta(**ahead)).isoformat()


def send(api: APIClient, session: Session, **body: Any) -> Any:
    body = {"to": "+34600000002", "text": "Later", **body}
    return api.post(f"/api/v1/sessions/{session.pk}/messages", body, format="json")


def due(*messages: str) -> None:
    Message.objects.filter(pk__in=messages).update(due_at=timezone.now() - timedelta(seconds=1))


def claimed(session: Session) -> list[str]:
    outbox = MessageOutbox()
    texts = []
    while outbox.waiting([session.pk]) and (taken := outbox.claim(session.pk, claim="node:1")):
        texts.append(taken.content["text"])
    return texts


def test_it_waits_until_it_is_due(api: APIClient, connected: Session) -> None:
    answer = send(api, connected, scheduled_at=moment(hours=1))
    assert (answer.status_code, answer.json()["state"]) == (202, "scheduled")
    assert answer.json()["scheduled_at"]
    assert claimed(connected) == []
    due(answer.json()["id"])
    assert claimed(connected) == ["Later"]


def test_due_messages_leave_in_the_order_in_which_they_are_due(api: APIClient, connected: Session) -> None:
    late = send(api, connected, text="second", scheduled_at=moment(hours=2)).json()["id"]
    early = send(api, connected, text="first", scheduled_at=moment(hours=1)).json()["id"]
    send(api, connected, text="third")
    Message.objects.filter(pk=late).update(due_at=timezone.now() - timedelta(seconds=5))
    Message.objects.filter(pk=early).update(due_at=timezone.now() - timedelta(seconds=9))
    assert claimed(connected) == ["first", "second", "third"]


def test_what_is_bulk_waits_for_what_is_interactive(api: APIClient, connected: Session) -> None:
    for number in range(3):
        send(api, connected, text=f"bulk {number}", priority="bulk")
    assert send(api, connected, text="interactive").json()["priority"] == "interactive"
    assert claimed(connected) == ["interactive", "bulk 0", "bulk 1", "bulk 2"]


@pytest.mark.parametrize(
    "when",
    ["2026-12-01T12:00:00", "soon", 5, "2020-01-01T12:00:00Z", "2099-01-01T12:00:00Z", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_makes_no_sense_is_refused(api: APIClient, connected: Session, when: Any) -> None:
    answer = send(api, connected, scheduled_at=when)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["scheduled_at"]


def test_it_may_be_for_a_session_that_is_stopped_now(api: APIClient, connected: Session) -> None:
    Session.objects.update(desired="stopped")
    assert send(api, connected).status_code == 409
    assert send(api, connected, scheduled_at=moment(hours=1)).status_code == 202


def test_it_can_be_changed_until_it_is_due(api: APIClient, connected: Session) -> None:
    url = f"/api/v1/sessions/{connected.pk}/messages/{send(api, connected, scheduled_at=moment(hours=1)).json()['id']}"
    later = moment(hours=3)
    changed = api.patch(url, {"scheduled_at": later, "content": {"text": "New"}, "priority": "bulk"}, format="json")
    assert changed.status_code == 200, changed.json()
    message = Message.objects.get()
    assert (message.text, message.content, message.priority) == ("New", {"text": "New"}, 10)
    assert message.due_at is not None
    assert abs((message.due_at - timezone.now()).total_seconds() - 3 * 3600) < 60
    for body, field in (({"content": {}}, "content.text"), ({"content": {"text": "x", "y": 1}}, "content.y"), ({}, "")):
        refused = api.patch(url, body, format="json")
        assert refused.status_code == 400, body
        assert field in next(iter(refused.json()["error"]["fields"]))
    Message.objects.update(state=MessageState.QUEUED)
    refused = api.patch(url, {"priority": "bulk"}, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "message_not_pending")


def test_it_can_be_cancelled_until_it_leaves(api: APIClient, connected: Session) -> None:
    for body in ({"scheduled_at": moment(hours=1)}, {}):
        url = f"/api/v1/sessions/{connected.pk}/messages/{send(api, connected, **body).json()['id']}"
        assert api.delete(url).json()["state"] == "cancelled"
        assert api.post(f"{url}/cancel").json()["state"] == "cancelled"
    assert claimed(connected) == []
    sent = factories.message(connected, direction="out", state="sent")
    refused = api.post(f"/api/v1/sessions/{connected.pk}/messages/{sent.pk}/cancel")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "message_not_pending")


def test_they_are_found_by_state_and_time(api: APIClient, connected: Session) -> None:
    soon = send(api, connected, scheduled_at=moment(hours=1)).json()["id"]
    send(api, connected, scheduled_at=moment(hours=9))
    send(api, connected)
    url = f"/api/v1/sessions/{connected.pk}/messages"
    assert len(api.get(url, {"state": "scheduled"}).json()["results"]) == 2
    found = api.get(url, {"scheduled_until": moment(hours=2)}).json()["results"]
    assert [message["id"] for message in found] == [soon]


def test_what_could_not_leave_for_a_day_fails(api: APIClient, connected: Session) -> None:
    send(api, connected, scheduled_at=moment(hours=1))
    assert scheduled_expire() == 0
    Message.objects.update(due_at=timezone.now() - timedelta(hours=25))
    assert scheduled_expire() == 1
    assert (Message.objects.get().state, Message.objects.get().error_code) == ("failed", "too_late")


def test_a_full_queue_says_when_to_come_back(api: APIClient, connected: Session) -> None:
    Session.objects.update(queue_limit=2)
    assert [send(api, connected).status_code for _ in range(3)] == [202, 202, 429]
    answer = send(api, connected)
    assert (answer.json()["error"]["code"], answer.headers["Retry-After"]) == ("queue_full", "5")
    assert send(api, connected, scheduled_at=moment(hours=1)).status_code == 202
