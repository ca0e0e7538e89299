"""A message of which nobody knows whether it left: proved by a receipt, or sent again on wish."""

import pytest

from messaging.models import Message, MessageState, OnUnknown
from messaging.outbox import MessageOutbox
from messaging.receipts import receipts_store
from messaging.scheduling import message_resend
from sessions_app.engine.base import Person, SendFinished
from sessions_app.models import Session
from sessions_app.pacing import Bucket, Pace
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import Event, EventType

CLAIM = "node:1"


@pytest.fixture
def outbox():
    return MessageOutbox()


def outcome(session, ref, error="OutcomeUnknown", code="outcome_unknown", **fields):
    return SendFinished(
        session=str(session.pk), ref=ref, error=error, error_code=code, timestamp=1_800_000_000.5, **fields
    )


def attempt(outbox, session, claim=CLAIM, **fields):
    ref = outbox.claim(session.pk, claim=claim).ref
    outbox.finish(session.pk, outcome(session, ref, **fields))
    return ref


@pytest.mark.parametrize("receipt_first", [False, True])
def test_a_receipt_proves_it_once_its_id_is_known(outbox, session, queue, receipt, receipt_first):
    row = queue()
    ref = attempt(outbox, session)
    assert outbox.doubtful(session.pk) == [ref]
    steps = [
        lambda: outbox.identify(session.pk, ref=ref, wa_id="WA1"),
        lambda: receipts_store(session, receipt("delivered")),
    ]
    for step in reversed(steps) if receipt_first else steps:
        step()
    row.refresh_from_db()
    assert (row.state, row.wa_id, row.error_code) == (MessageState.DELIVERED, "WA1", "")
    assert row.sent_at and outbox.doubtful(session.pk) == []


def test_a_receipt_for_an_unknown_id_proves_nothing(outbox, session, queue, receipt):
    row = queue()
    attempt(outbox, session)
    receipts_store(session, receipt("delivered", "OTHER"))
    row.refresh_from_db()
    assert row.state == MessageState.UNCONFIRMED


def test_on_wish_it_is_sent_again_a_few_times(outbox, session, queue, settings):
    settings.RESENDS_AT_MOST = 2
    row = queue(on_unknown=OnUnknown.RESEND)
    for number in range(3):
        attempt(outbox, session, claim=f"node:{number}")
    row.refresh_from_db()
    assert (row.state, row.resends) == (MessageState.UNCONFIRMED, 2)
    states = [event.payload for event in Event.objects.filter(type=EventType.MESSAGE_ACK).order_by("sequence")]
    assert [(each["state"], each["possible_duplicate"]) for each in states] == [
        ("queued", True),
        ("queued", True),
        ("unconfirmed", True),
    ]


def test_a_late_report_spares_the_second_attempt(outbox, session, queue):
    row = queue(on_unknown=OnUnknown.RESEND)
    ref = attempt(outbox, session)
    outbox.finish(session.pk, outcome(session, ref, error="", code="", wa_id="WA1"))
    row.refresh_from_db()
    assert row.state == MessageState.SENT
    assert outbox.claim(session.pk, claim="node:2") is None


def test_by_hand(outbox, session, queue):
    doubtful, refused = queue(), queue()
    attempt(outbox, session)
    attempt(outbox, session, claim="node:2", error="Refused", code="reachout_timelock")
    assert message_resend(message=Message.objects.get(pk=doubtful.pk)).resends == 1
    assert message_resend(message=Message.objects.get(pk=refused.pk)).resends == 0
    with pytest.raises(Conflict):
        message_resend(message=Message.objects.get(pk=refused.pk))
    assert outbox.claim(session.pk, claim="node:3") and outbox.claim(session.pk, claim="node:4")


def test_a_reach_out_time_lock_is_noted_once_and_told(outbox, session, queue):
    for number in range(2):
        queue()
        attempt(outbox, session, claim=f"node:{number}", error="Refused", code="reachout_timelock")
    [event] = Event.objects.filter(type=EventType.SESSION_RESTRICTED)
    assert event.payload["code"] == "reachout_timelock" and event.payload["until"] > event.payload["since"]
    assert Session.objects.get().restriction == "reachout_timelock"


def test_recipients_of_a_group_are_counted(session, queue, receipt):
    row = queue(state=MessageState.SENT, wa_id="WA1", chat="123456789012345678@g.us")
    for kind, person in (("delivered", "1"), ("delivered", "2"), ("delivered", "2"), ("read", "2"), ("read", "3")):
        receipts_store(session, receipt(kind, sender=Person(lid=f"{person}@lid")))
    row.refresh_from_db()
    assert (row.state, row.delivered_count, row.read_count, row.played_count) == (MessageState.READ, 3, 2, 0)
    counts = [event.payload["receipts"]["delivered"] for event in Event.objects.order_by("sequence")]
    assert counts == [1, 2, 2, 3]


def test_a_pace_lets_a_burst_through_and_then_one_at_a_time():
    bucket, pace = Bucket(), Pace(per_second=0.001, burst=3)
    assert bucket.wait(pace) == 0
    bucket._at -= 10_000  # a quiet time
    for _ in range(3):
        assert bucket.wait(pace) == 0
        bucket.take(pace)
    assert 900 < bucket.wait(pace) <= 1000
    assert bucket.wait(Pace()) == 0
