"""What happens is delivered: at least once, in order, signed."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from messaging.webhooks import services
from messaging.webhooks.delivery import dispatcher, lane
from messaging.webhooks.models import Delivery, DeliveryState, Endpoint
from messaging.webhooks.models.delivery import delivery_id
from sessions_app.models import Session
from tests import factories
from tests.webhooks.conftest import Worker
from tests.webhooks.events import happen, numbers
from tests.webhooks.receiver import Answer, Receiver, Request, verified
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import envelope, publish_live

Make = Callable[..., Endpoint]


def test_an_event_arrives_signed_with_the_envelope_of_every_transport(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    endpoint = make_endpoint(headers={"Authorization": "Bearer theirs"})
    event = happen(connected, 1)
    assert receiver.wait(1) == [envelope(event)]
    request = receiver.accepted[0]
    assert verified(request, endpoint.plain_secret)
    assert not verified(request, "whsec_another")
    assert not verified(request, endpoint.plain_secret, now=request.at + 400)
    assert request.headers["authorization"] == "Bearer theirs"
    assert request.headers["x-webhook-id"] == str(event.pk)
    assert request.headers["x-webhook-delivery"] == str(delivery_id(endpoint.pk, event.pk))
    assert request.headers["x-webhook-attempt"] == "1"


def test_events_of_a_chat_arrive_in_order_one_after_the_other(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    make_endpoint()
    for number in range(60):
        happen(connected, number, chat="abc"[number % 3])
    events = receiver.wait(60)
    for start, chat in enumerate("abc"):
        assert numbers(events, chat) == list(range(start, 60, 3))
    assert receiver.most_at_once <= 3


def test_a_failed_event_holds_up_its_chat_and_nothing_else(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    make_endpoint(retry_seconds=[1] * 20)

    def until_the_last(request: Request) -> Answer | None:
        """Which never comes if chat b waits for chat a."""
        if request.event["payload"]["number"] != 2:
            return None
        fails = request.headers["x-webhook-attempt"] == "1" or 7 not in numbers(receiver.events())
        return Answer(500) if fails else None

    receiver.answer = until_the_last
    for number in range(8):
        happen(connected, number, chat="a" if number < 6 else "b")
    events = receiver.wait(8)
    assert numbers(events, "a") == [0, 1, 2, 3, 4, 5]
    again = [request for request in receiver.accepted if request.headers["x-webhook-attempt"] != "1"]
    assert numbers([request.event for request in again]) == [2]


def test_fast_endpoints_wait_for_nothing(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    make_endpoint(order="fast", concurrency=4, timeout_seconds=60)
    receiver.answer = lambda request: Answer(fault="held") if request.event["payload"]["number"] < 4 else None
    for number in range(8):
        happen(connected, number)
    receiver.until(lambda: receiver.most_at_once == 4, "four at once")
    receiver.let_go()
    receiver.wait(4)
    assert sorted(numbers(receiver.events())) == [4, 5, 6, 7]
    assert receiver.most_at_once == 4


def test_an_endpoint_hears_only_what_it_asked_for(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    other = factories.connected_session(connected.workspace, "Other")
    make_endpoint(patterns=["message.*"], session_id=connected.pk)
    happen(other, 1)
    happen(connected, 2, kind=EventType.SESSION_STATUS)
    happen(connected, 3, kind=EventType.MESSAGE_ACK)
    happen(connected, 4)
    receiver.wait(2)
    assert numbers(receiver.events()) == [3, 4]


def test_pairing_secrets_are_never_delivered(
    make_endpoint: Make, receiver: Receiver, connected: Session, worker: Worker
) -> None:
    make_endpoint()
    happen(connected, 1)
    receiver.wait(1)
    publish_live(
        EventType.SESSION_QR, workspace_id=connected.workspace_id, session_id=connected.pk, payload={"qr": "secret"}
    )
    happen(connected, 2)
    assert [event["event"] for event in receiver.wait(2)] == ["message", "message"]


def test_what_happened_while_no_worker_ran_is_delivered(
    make_endpoint: Make, receiver: Receiver, connected: Session, start_worker: Callable[[], Worker]
) -> None:
    make_endpoint()
    for number in range(30):
        happen(connected, number)
    start_worker()
    assert numbers(receiver.wait(30)) == list(range(30))


def test_a_worker_that_stops_leaves_its_place_to_the_next(
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    start_worker: Callable[[], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, patience in ((lane, "GRACE_SECONDS"), (dispatcher, "STOP_SECONDS"), (dispatcher, "LANE_SECONDS")):
        monkeypatch.setattr(module, patience, 50.0)  # what a busy machine does not do in time is done again, lawfully
    endpoint = make_endpoint()
    first = start_worker()
    happen(connected, 1)
    receiver.wait(1)
    first.stop()
    endpoint.refresh_from_db()
    assert (endpoint.owner, endpoint.cursor) == ("", 1)
    happen(connected, 2)
    start_worker()
    assert numbers(receiver.wait(2)) == [1, 2]
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() >= 1


def test_a_crashed_worker_is_succeeded_when_its_lease_has_run_out(
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    start_worker: Callable[[], Worker],
    short_leases: None,
) -> None:
    make_endpoint()
    first = start_worker()
    happen(connected, 1)
    receiver.wait(1)
    first.crash()
    for number in range(2, 6):
        happen(connected, number)
    start_worker()
    receiver.until(lambda: {*numbers(receiver.events())} == {1, 2, 3, 4, 5}, "all events")
    fresh = list(dict.fromkeys(numbers(receiver.events())))
    assert fresh == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("order", ["strict", "fast"])
def test_what_waits_for_its_next_attempt_goes_on_waiting_when_its_event_is_read_again(
    order: str,
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    start_worker: Callable[[], Worker],
    short_leases: None,
) -> None:
    """The cursor stays before an event under way, so whoever comes after a crash reads later ones again."""
    endpoint = make_endpoint(order=order, retry_seconds=[3600], timeout_seconds=60)
    faults = {0: Answer(fault="held"), 1: Answer(500)}
    receiver.answer = lambda request: faults.get(request.event["payload"]["number"])
    first = start_worker()
    for number, chat in enumerate("abb"):
        happen(connected, number, chat=chat)
    receiver.until(lambda: Delivery.objects.count() == 2, "the rows of those that are not under way")
    assert Endpoint.objects.get(pk=endpoint.pk).cursor == 0
    first.crash()
    faults.clear()
    start_worker()
    receiver.until(lambda: Endpoint.objects.get(pk=endpoint.pk).cursor == 3, "reading on")
    failed = Delivery.objects.get(sequence=2)
    assert (failed.state, failed.attempts) == (DeliveryState.RETRYING, 1)
    Delivery.objects.filter(pk=failed.pk).update(next_at=timezone.now())
    receiver.until(lambda: not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists(), "all of it")
    assert numbers(receiver.events(), "b")[-2:] == ([1, 2] if order == "strict" else [2, 1])


@pytest.mark.parametrize("order", ["strict", "fast"])
def test_what_happens_after_a_change_is_delivered_in_the_new_way(
    order: str,
    make_endpoint: Make,
    receiver: Receiver,
    connected: Session,
    start_worker: Callable[[], Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also what went the old way, because the worker had not heard of the change yet."""
    endpoint = make_endpoint(order=order)
    monkeypatch.setattr(dispatcher, "TEND_SECONDS", 3600.0)  # it looks once
    worker = start_worker()
    happen(connected, 1)
    receiver.wait(1)
    receiver.until(lambda: Endpoint.objects.get(pk=endpoint.pk).cursor == 1, "the record")
    with Receiver() as other:
        services.endpoint_update(endpoint=endpoint, url=other.url)
        happen(connected, 2)
        receiver.wait(2)
        worker.stop()
        monkeypatch.setattr(dispatcher, "TEND_SECONDS", 0.1)
        start_worker()
        other.wait(1)
        happen(connected, 3)
        other.until(lambda: {*numbers(other.events())} == {2, 3}, "what happened since")
    assert 3 not in numbers(receiver.events())
    assert not Delivery.objects.exclude(sequence__lte=3).exists()
