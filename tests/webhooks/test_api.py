"""Webhooks over REST."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.webhooks.models import Delivery, DeliveryState, Endpoint, Secret
from sessions_app.models import Session
from tests import factories
from tests.webhooks.conftest import Worker
from tests.webhooks.events import happen, numbers
from tests.webhooks.receiver import Answer, Receiver, verified
from whatsapp_api.accounts.models import Role, User, Workspace

URL = "https://example.com/hook"


@pytest.fixture
def api(alice: User) -> APIClient:
    return factories.client(alice)


def create(api: APIClient, **body: Any) -> dict[str, Any]:
    answer = api.post("/api/v1/webhooks", {"url": URL, **body}, format="json")
    assert answer.status_code == 201, answer.json()
    created: dict[str, Any] = answer.json()
    return created


def test_it_creates_reads_changes_and_deletes(api: APIClient, workspace: Workspace) -> None:
    created = create(api, events=["message.*"], headers={"X-Team": "sales"})
    secret, address = created.pop("secret"), f"/api/v1/webhooks/{created['id']}"
    assert secret.startswith("whsec_") and len(secret) > 40
    assert api.get(address).json() == created
    assert created["headers"] == {"X-Team": "***"} and created["health"] == "ok"
    assert secret.encode() not in Secret.objects.get().sealed.encode()
    changed = api.patch(address, {"headers": {"X-Team": "***", "X-New": "1"}, "order": "fast"}, format="json").json()
    assert (changed["headers"], changed["order"]) == ({"X-Team": "***", "X-New": "***"}, "fast")
    assert api.get("/api/v1/webhooks").json()["results"] == [changed]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert api.get("/api/v1/webhooks").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://user:pass@example.com"}, "url"),
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "http://[::1]/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["nothing.*"]}, "events"),
        ({"events": ["session.qr"]}, "events"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "headers"),
        ({"headers": {"X A": "a"}}, "headers"),
        ({"headers": {"Host": "other"}}, "headers"),
        ({"headers": {"X-Webhook-Id": "1"}}, "headers"),
        ({"headers": {"A": "1", "a": "2"}}, "headers"),
        ({"headers": {"X-A": "***"}}, "headers"),
        ({"order": "random"}, "order"),
        ({"concurrency": 65}, "concurrency"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"retry_seconds": [0]}, "retry_seconds"),
        ({"secret": "mine"}, "secret"),
        ({"username": "me"}, "username"),
        ({"password": "mine"}, "password"),
        ({"url": "redis://me:mine@example.com"}, "url"),
        ({"url": "redis://127.0.0.1/0"}, "url"),
        ({"url": "redis://example.com/x"}, "url"),
        ({"url": "redis://example.com/0?maxlen=many"}, "url"),
        ({"url": "redis://example.com/0?stream={other}"}, "url"),
        ({"url": "redis://example.com/0?ssl_cert_reqs=none"}, "url"),
        ({"url": "amqp://example.com/?routing_key="}, "url"),
        ({"url": "amqp://"}, "url"),
        ({"url": "amqps://example.com", "password": "***"}, "password"),
        ({"url": "nats://example.com?subject=a..b"}, "url"),
        ({"url": "nats://example.com/subject"}, "url"),
        ({"url": "kafka://example.com"}, "url"),
    ],
)
def test_it_refuses_what_makes_no_sense(api: APIClient, workspace: Workspace, body: Any, field: str) -> None:
    answer = api.post("/api/v1/webhooks", {"url": URL, **body}, format="json")
    assert answer.status_code == 400
    assert field in " ".join(answer.json()["error"]["fields"])
    assert not Endpoint.objects.exists()


def test_a_sessions_webhook_begins_with_the_sessions_defaults(api: APIClient, connected: Session) -> None:
    connected.webhook_defaults = {"events": ["message"], "headers": {"X-Team": "sales"}}
    connected.save()
    address = f"/api/v1/sessions/{connected.pk}/webhooks"
    first = api.post(address, {"url": URL}, format="json").json()
    assert (first["events"], first["headers"], first["session"]) == (["message"], {"X-Team": "***"}, str(connected.pk))
    second = api.post(address, {"url": URL, "events": ["*"], "headers": {}}, format="json").json()
    assert (second["events"], second["headers"]) == (["*"], {})
    assert len(api.get(address).json()["results"]) == 2


def test_others_see_nothing_of_it(api: APIClient, workspace: Workspace) -> None:
    created = create(api)
    stranger = factories.client(factories.user("eve", workspace=factories.workspace("Else"), role=Role.ADMIN))
    operator = factories.client(factories.user("oscar", workspace=workspace, role=Role.OPERATOR))
    address = f"/api/v1/webhooks/{created['id']}"
    assert stranger.get(address).status_code == 404
    assert operator.patch(address, {"name": "x"}, format="json").status_code == 403
    assert operator.get(f"{address}/secrets").status_code == 403


def test_security_events_need_the_right_to_hear_of_them(api: APIClient, workspace: Workspace) -> None:
    key = api.post("/api/v1/keys", {"name": "hooks", "scopes": ["read", "webhooks"]}, format="json").json()["key"]
    program = APIClient()
    program.credentials(HTTP_X_API_KEY=key)
    assert program.post("/api/v1/webhooks", {"url": URL, "events": ["security.*"]}, format="json").status_code == 403
    assert program.post("/api/v1/webhooks", {"url": URL}, format="json").status_code == 201
    assert create(api, events=["security.*"])["events"] == ["security.*"]


def test_rotated_secrets_sign_side_by_side(
    api: APIClient, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    created = create(api, url=receiver.url)
    address = f"/api/v1/webhooks/{created['id']}/secrets"
    new = api.post(address, {"overlap_hours": 1}, format="json").json()["secret"]
    listed = api.get(address).json()["results"]
    assert [bool(each["expires_at"]) for each in listed] == [False, True]
    assert new not in str(listed)
    receiver.until(lambda: _signed_by_two(receiver, connected), "the rotation")
    request = receiver.accepted[-1]
    assert verified(request, created["secret"]) and verified(request, new)
    assert api.delete(f"{address}/{listed[1]['id']}").status_code == 204
    assert api.delete(f"{address}/{listed[0]['id']}").json()["error"]["code"] == "last_secret"


def _signed_by_two(receiver: Receiver, session: Session) -> bool:
    before = len(receiver.accepted)
    happen(session, 1)
    receiver.wait(before + 1)
    return receiver.accepted[-1].headers["x-webhook-signature-256"].count("sha256=") == 2


def test_the_log_shows_request_and_answers_without_secrets(
    api: APIClient, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    created = create(api, url=f"{receiver.url}?token=sesame", headers={"Authorization": "Bearer sesame"})
    event = happen(connected, 1)
    receiver.wait(1)
    address = f"/api/v1/webhooks/{created['id']}/deliveries"
    receiver.until(Delivery.objects.exists, "the record")
    (listed,) = api.get(f"{address}?state=delivered&event=message").json()["results"]
    shown = api.get(f"{address}/{listed['id']}").json()
    assert shown["request"]["body"].encode() == receiver.accepted[0].body
    assert shown["log"][0]["status"] == 200 and shown["event_id"] == str(event.pk)
    assert "sesame" not in str(shown) and created["secret"] not in str(shown)
    assert api.get(f"{address}?state=dead").json()["results"] == []
    assert api.get(f"{address}?state=nonsense").status_code == 400
    figures = api.get(f"/api/v1/webhooks/{created['id']}/figures").json()
    assert (figures["success_rate"], figures["behind"], len(figures["hours"])) == (1.0, 0, 24)


def test_dead_letters_are_delivered_when_somebody_asks(
    api: APIClient, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    created = create(api, url=receiver.url, retry_seconds=[1])
    address = f"/api/v1/webhooks/{created['id']}/deliveries"
    receiver.answer = lambda request: Answer(500)
    for number in range(3):
        happen(connected, number, chat=str(number))
    receiver.until(lambda: Delivery.objects.filter(state=DeliveryState.DEAD).count() == 3, "giving up")
    receiver.answer = lambda request: None
    one = api.get(f"{address}?state=dead").json()["results"][0]
    assert api.post(f"{address}/{one['id']}/replay").status_code == 202
    receiver.wait(1)
    assert receiver.accepted[0].headers["x-webhook-delivery"] == one["id"]
    receiver.until(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 1, "the record")
    assert api.post(f"{address}/replay", {"state": "dead"}, format="json").json() == {"count": 2}
    assert sorted(numbers(receiver.wait(3))) == [0, 1, 2]


def test_a_time_range_is_replayed_with_progress(
    api: APIClient, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    for number in range(5):
        happen(connected, number)
    created = create(api, url=receiver.url)
    happen(connected, 5)
    receiver.wait(1)
    address = f"/api/v1/webhooks/{created['id']}/replays"
    asked = api.post(address, {"since": "2020-01-01T00:00:00Z", "events": ["message"]}, format="json")
    assert asked.status_code == 202
    assert numbers(receiver.wait(7))[1:] == [0, 1, 2, 3, 4, 5]
    one = f"{address}/{asked.json()['id']}"
    receiver.until(lambda: api.get(one).json()["state"] == "done", "the end of the replay")
    shown = api.get(one).json()
    assert (shown["progress"], shown["delivered"], shown["failed"]) == (1.0, 6, 0)
    assert receiver.accepted[0].headers["x-webhook-delivery"] == receiver.accepted[6].headers["x-webhook-delivery"]


def test_a_disabled_webhook_goes_on_where_it_stopped(
    api: APIClient, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    created = create(api, url=receiver.url)
    address = f"/api/v1/webhooks/{created['id']}"
    assert api.post(f"{address}/disable").json()["disabled_reason"] == "requested"
    assert worker.dispatcher is not None
    receiver.until(lambda: not worker.dispatcher._running, "the end of its lane, which may take a second")
    happen(connected, 1)
    refusal = api.post(f"{address}/replays", {"since": "2020-01-01T00:00:00Z"}, format="json")
    assert refusal.json()["error"]["code"] == "webhook_disabled"
    assert api.post(f"{address}/enable", {}, format="json").json()["enabled"]
    assert numbers(receiver.wait(1)) == [1]


def test_the_password_of_a_broker_is_sealed_masked_and_stays_with_its_server(
    api: APIClient, workspace: Workspace
) -> None:
    created = create(api, url="amqps://mq.example.com/wa?routing_key={event}", username="wa", password="s3cret-word")
    address = f"/api/v1/webhooks/{created['id']}"
    assert (created["username"], created["password"]) == ("wa", "***")
    assert "s3cret-word" not in Endpoint.objects.get().credentials_sealed
    credentials = Endpoint.objects.get().credentials_sealed

    same = {"url": "amqps://mq.example.com/wa?routing_key=x", "username": "wa", "password": "***"}
    assert api.patch(address, same, format="json").status_code == 200
    assert Endpoint.objects.get().credentials_sealed == credentials
    for moved in ({"url": "amqps://evil.example.com/wa"}, {"url": "amqps://mq.example.com:1/wa", "password": "***"}):
        answer = api.patch(address, moved, format="json")
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["password"])
    changed = api.patch(address, {"url": "https://example.com/hook", "password": ""}, format="json").json()
    assert (changed["username"], changed["password"]) == (None, None)
    assert not Endpoint.objects.get().credentials_sealed
