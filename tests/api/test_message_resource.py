"""A message as a resource: PATCH, DELETE and its reaction; what is refused, and how."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.models import Chat, Media, Message
from sessions_app.models import Session
from tests import factories
from whatsapp_api.events.models import Event

NOW = timezone.now()
AHEAD = {"scheduled_at": (NOW + timedelta(hours=5)).isoformat()}


def own(session: Session, **fields: Any) -> Message:
    """A text that the account has sent."""
    fields["sent_at"] = timezone.now() - timedelta(minutes=fields.pop("age", 0))
    sent = {"direction": "out", "from_me": True, "state": "sent", "wa_id": "3EB0OWN"}
    return factories.message(session, **{**sent, **fields})


def url(message: Message, path: str = "") -> str:
    return f"/api/v1/sessions/{message.session_id}/messages/{message.pk}{path}"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_what_has_left_is_changed_by_messages_that_follow(api: APIClient, connected: Session) -> None:
    message = own(connected)
    asked = [
        api.patch(url(message), {"text": "Better"}, format="json"),
        api.put(url(message, "/reaction"), {"emoji": "👍"}, format="json"),
        api.delete(url(message, "/reaction")),
        api.delete(url(message)),
    ]
    assert [answer.status_code for answer in asked] == [202] * 4
    kinds = [(each["kind"], each["text"], each["content"]["target"]["message"]) for each in (a.json() for a in asked)]
    mine = str(message.pk)
    assert kinds == [("edit", "Better", mine), ("reaction", "👍", mine), ("reaction", "", mine), ("revoke", "", mine)]
    assert asked[0]["Location"].endswith(asked[0].json()["id"])


def test_a_key_makes_each_of_them_once(api: APIClient, connected: Session) -> None:
    message = own(connected)
    for method, path, body in (
        ("patch", "", {"text": "Better"}),
        ("put", "/reaction", {"emoji": "👍"}),
        ("delete", "/reaction", None),
        ("delete", "", None),
    ):
        header = {"HTTP_IDEMPOTENCY_KEY": f"{method}{path}"}
        first, again = (getattr(api, method)(url(message, path), body, format="json", **header) for _ in range(2))
        assert first.json()["id"] == again.json()["id"]
        assert again["Idempotency-Replayed"] == "true"
    other = api.delete(url(message, "/reaction"), HTTP_IDEMPOTENCY_KEY="put/reaction")
    assert refused(other) == (409, "idempotency_key_reused")


def test_it_is_passed_on_to_another_chat(api: APIClient, connected: Session) -> None:
    message = own(connected)
    answer = api.post(url(message, "/forward"), {"to": "+34600000009"}, format="json")
    assert answer.status_code == 202, answer.content
    assert answer.json()["chat"]["jid"] == "34600000009@s.whatsapp.net"
    assert answer.json()["content"]["source"]["message"] == str(message.pk)
    assert refused(api.post(url(message, "/forward"), {}, format="json")) == (400, "validation_error")


def test_what_is_scheduled_is_changed_itself(api: APIClient, connected: Session) -> None:
    body = {"to": "+34600000002", "text": "Later", "mentions": ["+34600000003"], **AHEAD}
    made = api.post(f"/api/v1/sessions/{connected.pk}/messages", body, format="json").json()
    at = f"/api/v1/sessions/{connected.pk}/messages/{made['id']}"
    changed = api.patch(at, {"text": "Still later"}, format="json")
    assert (changed.status_code, changed.json()["id"], changed.json()["text"]) == (200, made["id"], "Still later")
    assert changed.json()["content"]["context"] == made["content"]["context"]
    assert refused(api.patch(at, {"caption": "No file"}, format="json")) == (400, "validation_error")
    cancelled = api.delete(at)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert refused(api.patch(at, {"text": "Too late"}, format="json")) == (409, "message_not_sent")


def test_the_file_of_a_scheduled_message_stays(api: APIClient, connected: Session) -> None:
    media = {"id": "019ab3c0-0000-7000-8000-000000000001"}
    message = own(
        connected,
        state="scheduled",
        kind="image",
        content={"media": media, "caption": "a"},
        due_at=AHEAD["scheduled_at"],
    )
    bodies: tuple[dict[str, Any], ...] = ({"caption": "b"}, {"content": {"caption": "b", "view_once": True}})
    for body in bodies:
        changed = api.patch(url(message), body, format="json")
        assert changed.status_code == 200, changed.content
        assert changed.json()["content"] == {"media": media, **(body.get("content") or body)}
    assert refused(api.patch(url(message), {"content": {"media": media}}, format="json")) == (400, "validation_error")


@pytest.mark.parametrize(
    ("fields", "method", "body", "expected"),
    [
        ({"age": 16}, "patch", {"text": "x"}, (409, "edit_too_late")),
        ({"age": 61 * 60}, "delete", None, (409, "revoke_too_late")),
        ({"kind": "poll"}, "patch", {"caption": "x"}, (409, "message_not_editable")),
        ({}, "patch", {"caption": "x"}, (400, "validation_error")),
        ({}, "patch", {"text": "x", **AHEAD}, (400, "validation_error")),
        ({}, "patch", {}, (400, "validation_error")),
        ({}, "patch", {"text": ""}, (400, "validation_error")),
        ({"state": "failed"}, "patch", {"text": "x"}, (409, "message_not_sent")),
        ({"state": "failed"}, "delete", None, (409, "message_not_sent")),
        ({"state": "unconfirmed", "wa_id": ""}, "delete", None, (409, "message_not_sent")),
        ({"revoked_at": NOW}, "delete", None, (409, "message_revoked")),
        ({"from_me": False, "direction": "in", "state": "received"}, "patch", {"text": "x"}, (403, "message_not_own")),
        ({"from_me": False, "direction": "in", "state": "received"}, "delete", None, (403, "message_not_own")),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    api: APIClient, connected: Session, fields: dict[str, Any], method: str, body: Any, expected: tuple[int, str]
) -> None:
    message = own(connected, **fields)
    assert refused(getattr(api, method)(url(message), body, format="json")) == expected
    assert Message.objects.count() == 1


def test_reactions_need_an_emoji_and_a_message(api: APIClient, connected: Session) -> None:
    message = own(connected)
    for body in ({}, {"emoji": ""}, {"emoji": "x" * 33}, {"emoji": "👍", "to": "+34600000002"}):
        assert refused(api.put(url(message, "/reaction"), body, format="json")) == (400, "validation_error")
    Message.objects.all().delete()
    assert refused(api.put(url(message, "/reaction"), {"emoji": "👍"}, format="json")) == (404, "message_not_found")


def test_for_me_it_is_gone_here_only(
    api: APIClient, connected: Session, django_capture_on_commit_callbacks: Any
) -> None:
    before, last = own(connected, wa_id="1"), own(connected, wa_id="2")
    chat = Chat.objects.create(session=connected, jid=last.chat, last_message_id=last.pk, last_at=last.timestamp)
    media = Media.objects.create(
        workspace_id=connected.workspace_id, message_id=last.pk, source="received", state="remote"
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{url(last)}?for=me").status_code == 204
    assert refused(api.get(url(last))) == (404, "message_not_found")
    chat.refresh_from_db()
    assert chat.last_message_id == before.pk
    event = Event.objects.get(type="message.deleted")
    assert event.payload == {"session": str(connected.pk), "id": str(last.pk), "wa_id": "2", "chat": last.chat}
    assert refused(api.delete(f"{url(before)}?for=them")) == (400, "validation_error")
    Message.objects.update(state="queued")
    assert refused(api.delete(f"{url(before)}?for=me")) == (409, "message_under_way")
    assert Media.objects.get(pk=media.pk).state == "expired"
