"""Every way out but HTTP: the same promises, on real brokers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.webhooks import plan, services
from messaging.webhooks.credentials import Credentials
from messaging.webhooks.models import Delivery, DeliveryState, Endpoint
from messaging.webhooks.models.delivery import delivery_id
from messaging.webhooks.ping import ping_send
from sessions_app.models import Session
from tests.brokers.common import PASSWORD, Broker
from tests.brokers.door import Door
from tests.brokers.nats import NatsBroker
from tests.brokers.rabbitmq import RabbitBroker
from tests.brokers.redis import RedisBroker
from tests.e2e.api import eventually as until
from tests.webhooks.conftest import Worker
from tests.webhooks.events import happen
from tests.webhooks.receiver import verified
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import uuid7
from whatsapp_api.core.http.addresses import outgoing_policy
from whatsapp_api.events.publish import envelope

Make = Callable[..., Endpoint]


@pytest.fixture(scope="module", params=[RedisBroker, RabbitBroker, NatsBroker], ids=["redis", "amqp", "nats"])
def server(request: pytest.FixtureRequest) -> Iterator[Broker]:
    with request.param() as running:
        yield running


@pytest.fixture
def broker(server: Broker) -> Broker:
    server.fresh()
    return server


@pytest.fixture
def door(broker: Broker) -> Iterator[Door]:
    with Door(broker.port) as standing:
        yield standing


@pytest.fixture
def make(workspace: Workspace, loopback: None, broker: Broker) -> Make:
    def endpoint(port: int | None = None, *, password: str = PASSWORD, **fields: Any) -> Endpoint:
        made, secret = services.endpoint_create(
            workspace_id=workspace.pk,
            session_id=None,
            headers={"X-Team": "sales"},
            credentials=Credentials(broker.username, password),
            **{"url": broker.url(port), "patterns": ["*"], "retry_seconds": [1] * 6, "timeout_seconds": 30, **fields},
        )
        made.plain_secret = secret
        return made

    return endpoint


def now(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def firsts(numbers: list[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def test_events_arrive_signed_with_ids_and_in_order(
    make: Make, broker: Broker, connected: Session, worker: Worker
) -> None:
    endpoint = make()
    events = [happen(connected, number) for number in range(30)]
    found = broker.wait(30)
    assert [each.event for each in found] == [envelope(event) for event in events]
    first = found[0]
    assert verified(first, endpoint.plain_secret)
    assert first.headers["x-team"] == "sales"
    assert first.headers["x-webhook-id"] == str(events[0].pk)
    assert first.headers["x-webhook-delivery"] == str(delivery_id(endpoint.pk, events[0].pk))
    until(lambda: now(endpoint).cursor == 30, "the cursor")
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}


def test_a_broker_that_is_away_gets_a_rest_and_then_everything(
    make: Make, broker: Broker, door: Door, connected: Session, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "REST_MOST", 0.3)
    endpoint = make(door.port, concurrency=2, retry_seconds=[3600] * 3)
    happen(connected, 0, chat="a")
    broker.wait(1)
    door.put("closed")
    for number in range(1, 20):
        happen(connected, number, chat="abcdef"[number % 6])
    until(lambda: now(endpoint).failures >= plan.TRIP_AFTER, "the circuit")
    assert now(endpoint).last_error
    door.put("open")
    broker.wait(20)
    for chat in range(6):
        mine = [number for number in firsts(broker.numbers()) if number % 6 == chat]
        assert mine == sorted(mine)
    until(lambda: now(endpoint).failures == 0, "health")


def test_a_broker_that_hangs_costs_the_deadline_and_no_more(
    make: Make, broker: Broker, door: Door, connected: Session, worker: Worker
) -> None:
    endpoint = make(door.port, timeout_seconds=1)
    door.put("jammed")
    happen(connected, 1)
    until(Delivery.objects.exists, "the record")
    assert "1 seconds" in now(endpoint).last_error
    door.put("closed")  # what hangs in it is gone
    door.put("open")
    broker.wait(1)
    assert firsts(broker.numbers()) == [1]


def test_what_a_broker_does_not_take_is_dead_in_the_end_and_can_be_replayed(
    make: Make, broker: Broker, connected: Session, worker: Worker
) -> None:
    endpoint = make(retry_seconds=[1])
    broker.refuse()
    happen(connected, 1)
    until(Delivery.objects.filter(state=DeliveryState.DEAD).exists, "the end of the plan")
    dead = Delivery.objects.get()
    assert dead.attempts == 2 and dead.error and dead.status is None
    broker.accept()
    services.deliveries_replay(endpoint=now(endpoint), rows=Delivery.objects.all())
    broker.wait(1)


def test_a_wrong_password_is_told_and_is_in_no_record(
    make: Make, broker: Broker, connected: Session, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = make(password="wrong-secret")
    happen(connected, 1)
    until(Delivery.objects.exists, "the record")
    delivery = Delivery.objects.get()
    assert delivery.error
    told = f"{delivery.error} {delivery.log} {now(endpoint).last_error} {caplog.text}"
    assert "wrong-secret" not in told
    assert broker.received() == []


def test_a_ping_shows_that_everything_is_right(make: Make, broker: Broker) -> None:
    endpoint = make()
    assert ping_send(endpoint.pk, uuid7()).state == DeliveryState.DELIVERED
    assert ping_send(make(password="wrong").pk, uuid7()).error


def test_private_addresses_need_the_operators_consent(make: Make, broker: Broker, settings: Any) -> None:
    endpoint = make(url=broker.url().replace("127.0.0.1", "localhost"))
    settings.OUTGOING_POLICY = outgoing_policy([])
    assert "not on the public internet" in ping_send(endpoint.pk, uuid7()).error


def test_an_event_that_is_too_large_is_dead_at_once_and_harms_no_other(
    make: Make, broker: Broker, connected: Session, worker: Worker
) -> None:
    if isinstance(broker, RedisBroker):
        pytest.skip("half a gigabyte is not too large for Redis")
    make()
    happen(connected, 1, text="x" * 70_000)
    happen(connected, 2)
    assert [each.event["payload"]["number"] for each in broker.wait(1)] == [2]
    until(Delivery.objects.filter(state=DeliveryState.DEAD).exists, "the record")
    assert Delivery.objects.get(state=DeliveryState.DEAD).attempts == 1
