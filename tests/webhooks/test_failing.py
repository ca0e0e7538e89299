"""Receivers that fail: tried again, given a rest, given up, and never in the way of others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.webhooks import plan
from messaging.webhooks.delivery import dispatcher, lane
from messaging.webhooks.models import Delivery, DeliveryState, DisabledReason, Endpoint
from sessions_app.models import Session
from tests.webhooks.conftest import Worker
from tests.webhooks.events import happen, numbers
from tests.webhooks.receiver import Answer, Receiver
from whatsapp_api.core.http.addresses import outgoing_policy
from whatsapp_api.events.models import Event, EventType

Make = Callable[..., Endpoint]


def delivery(endpoint: Endpoint) -> Delivery:
    return Delivery.objects.get(endpoint=endpoint)


@pytest.mark.parametrize("fault", ["reset", "hang", "drip"])
def test_a_receiver_that_does_not_answer_is_asked_again(
    fault: str, make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    endpoint = make_endpoint(timeout_seconds=1)
    receiver.answer = lambda request: Answer(fault=fault) if request.headers["x-webhook-attempt"] == "1" else None
    happen(connected, 1)
    receiver.wait(1)
    receiver.until(lambda: delivery(endpoint).state == DeliveryState.DELIVERED, "the record")
    first, *_, last = delivery(endpoint).log  # a busy machine may take more than the second of further attempts
    assert first["status"] is None and first["error"] and last["status"] == 200


def test_a_delivery_is_given_up_at_the_end_of_the_plan_and_kept(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    endpoint = make_endpoint(retry_seconds=[1])
    receiver.answer = lambda request: Answer(500, body="no") if request.event["payload"]["number"] == 1 else None
    happen(connected, 1)
    happen(connected, 2)
    assert numbers(receiver.wait(1)) == [2], "what waited behind it goes on"
    receiver.until(Delivery.objects.filter(sequence=1, state=DeliveryState.DEAD).exists, "the record")
    dead = Delivery.objects.get(endpoint=endpoint, sequence=1)
    assert (dead.attempts, dead.status) == (2, 500)
    assert [each["body"] for each in dead.log] == ["no", "no"]


def test_410_disables_the_endpoint_and_says_so(
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    start_worker: Callable[[], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = make_endpoint(name="Sales", patterns=["message"])
    make_endpoint(patterns=["message"], headers={"X-Other": "1"})
    receiver.answer = lambda request: None if "x-other" in request.headers else Answer(410)
    monkeypatch.setattr(dispatcher, "TEND_SECONDS", 3600.0)  # it looks once: nobody tells the lane that it is to end
    monkeypatch.setattr(dispatcher, "LEASE_SECONDS", 3600.0)
    start_worker()
    happen(connected, 1)
    receiver.until(lambda: not Endpoint.objects.get(pk=endpoint.pk).enabled, "disabling")
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == DisabledReason.GONE
    notice = Event.objects.get(type=EventType.WEBHOOK_DISABLED)
    assert (notice.payload["webhook"], notice.payload["reason"]) == (str(endpoint.pk), "gone")
    happen(connected, 2)
    happen(connected, 3)
    receiver.wait(3)
    assert len([request for request in receiver.requests if "x-other" not in request.headers]) == 1


def test_an_endpoint_that_fails_for_days_is_disabled(
    make_endpoint: Make, receiver: Receiver, connected: Session, start_worker: Callable[[], Worker]
) -> None:
    endpoint = make_endpoint()
    Endpoint.objects.update(failures=3, failing_since=timezone.now() - timedelta(days=6))
    receiver.answer = lambda request: Answer(500)
    happen(connected, 1)
    start_worker()
    receiver.until(lambda: not Endpoint.objects.get(pk=endpoint.pk).enabled, "disabling")
    assert Endpoint.objects.get(pk=endpoint.pk).disabled_reason == DisabledReason.FAILING
    receiver.until(lambda: Delivery.objects.filter(sequence=1).exists(), "the record")
    assert Delivery.objects.get(sequence=1).state == DeliveryState.RETRYING, "it goes on when somebody enables it"


@pytest.mark.parametrize("order", ["strict", "fast"])
def test_a_receiver_that_is_down_gets_a_rest_and_costs_no_rows(
    order: str,
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    worker: Worker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "REST_MOST", 0.5)
    endpoint = make_endpoint(order=order, concurrency=2, retry_seconds=[3600] * 3)
    receiver.answer = lambda request: Answer(503)
    for number in range(40):
        happen(connected, number, chat=str(number % 6))
    receiver.until(lambda: Endpoint.objects.get(pk=endpoint.pk).failures >= 6, "the circuit")
    for number in range(40, 60):
        happen(connected, number, chat=str(number % 6))
    assert Delivery.objects.count() <= 41, "it read on"
    assert Endpoint.objects.get(pk=endpoint.pk).cursor <= 41
    receiver.answer = lambda request: None
    receiver.until(lambda: {*numbers(receiver.events())} == {*range(60)}, "catching up")
    receiver.until(lambda: Endpoint.objects.get(pk=endpoint.pk).failures == 0, "health")


def test_probes_of_a_receiver_that_is_down_use_up_no_plan(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "REST_MOST", 0.05)
    endpoint = make_endpoint(retry_seconds=[1] * 6)
    receiver.answer = lambda request: Answer(500)
    happen(connected, 1)
    receiver.until(lambda: Endpoint.objects.get(pk=endpoint.pk).failures >= 8, "probes")
    assert delivery(endpoint).state == DeliveryState.RETRYING


def test_a_receiver_is_left_alone_for_as_long_as_it_asks(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    make_endpoint()
    receiver.answer = lambda request: (
        Answer(429, headers="Retry-After: 2\r\n") if request.headers["x-webhook-attempt"] == "1" else None
    )
    happen(connected, 1)
    receiver.wait(1)
    first, second = receiver.requests
    assert second.at - first.at >= 1.9


def test_one_that_hangs_holds_up_no_other(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    with Receiver(answer=lambda request: Answer(fault="hang")) as hanging:
        make_endpoint(url=hanging.url, order="fast", concurrency=64, timeout_seconds=3600)
        make_endpoint()
        for number in range(50):
            happen(connected, number)
        receiver.wait(50)  # long before the first of the others gives up
        hanging.until(lambda: len(hanging.requests) >= 30, "requests that hang")


def test_the_body_of_an_answer_is_cut_and_a_slow_one_counts(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    endpoint = make_endpoint()
    receiver.answer = lambda request: Answer(200, body="x" * 5000)
    happen(connected, 1)
    receiver.until(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).exists(), "the record")
    assert len(delivery(endpoint).log[0]["body"]) == 1024


def test_redirects_are_not_followed(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    endpoint = make_endpoint()
    receiver.answer = lambda request: Answer(302, headers="Location: http://127.0.0.1:1/\r\n")
    happen(connected, 1)
    receiver.until(Delivery.objects.exists, "the record")
    assert "final address" in delivery(endpoint).error


def test_private_addresses_need_the_operators_consent(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker, settings: Any
) -> None:
    settings.OUTGOING_POLICY = outgoing_policy([])  # the worker reads it when it finds the endpoint
    endpoint = make_endpoint(url=receiver.url.replace("127.0.0.1", "localhost"))
    happen(connected, 1)
    receiver.until(Delivery.objects.exists, "the record")
    assert "not on the public internet" in delivery(endpoint).error
    assert not receiver.requests


def test_memory_holds_a_window_of_events_only(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "WINDOW", 5)
    make_endpoint()
    for number in range(30):
        happen(connected, number, chat=str(number % 2))
    assert sorted(numbers(receiver.wait(30))) == list(range(30))
