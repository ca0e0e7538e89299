"""Receipts: once each, and only forward."""

import threading

import pytest
from django.db import connection

from messaging import receipts
from messaging.models import Message, MessageState, Receipt
from messaging.receipts import receipts_store
from sessions_app.engine.base import Person
from tests.lost_transactions import lose_first
from whatsapp_api.events.models import Event, EventType

AT = 1_800_000_000.25


@pytest.fixture
def message(queue):
    return queue(state=MessageState.SENT, wa_id="WA1")


def states():
    return [event.payload["state"] for event in Event.objects.filter(type=EventType.MESSAGE_ACK).order_by("sequence")]


def test_a_message_goes_from_delivered_to_read_to_played(session, message, receipt):
    for second, kind in enumerate(("delivered", "read", "played")):
        receipts_store(session, receipt(kind, at=AT + second))
    message.refresh_from_db()
    assert (message.state, message.ack) == (MessageState.PLAYED, 4)
    assert (message.delivered_at.timestamp(), message.read_at.timestamp()) == (AT, AT + 1)
    assert states() == ["delivered", "read", "played"]


def test_a_weaker_receipt_that_comes_late_changes_nothing(session, message, receipt):
    receipts_store(session, receipt("read"))
    receipts_store(session, receipt("delivered"))
    message.refresh_from_db()
    assert message.state == MessageState.READ
    assert message.delivered_at == message.read_at
    assert states() == ["read"]


def test_a_repeated_receipt_is_stored_and_published_once(session, message, receipt):
    for _ in range(3):
        receipts_store(session, receipt("delivered"))
    assert Receipt.objects.count() == 1
    assert states() == ["delivered"]


def test_one_receipt_may_speak_of_many_messages_and_unknown_ones(session, queue, receipt):
    rows = [queue(state=MessageState.SENT, wa_id=f"WA{n}") for n in range(3)]
    receipts_store(session, receipt("read", "WA0", "WA2", "FOREIGN"))
    assert [Message.objects.get(pk=row.pk).state for row in rows] == ["read", "sent", "read"]
    assert Receipt.objects.count() == 3


def test_each_member_of_a_group_has_a_receipt_of_their_own(session, message, receipt):
    for number in range(3):
        receipts_store(session, receipt("delivered", sender=Person(jid=f"3460000{number}@s.whatsapp.net")))
    assert Receipt.objects.count() == 3
    assert states() == ["delivered"]


def test_a_receipt_leaves_other_sessions_and_incoming_messages_alone(session, queue, receipt):
    incoming = queue(direction="in", state=MessageState.RECEIVED, wa_id="WA1")
    receipts_store(session, receipt("read"))
    incoming.refresh_from_db()
    assert incoming.state == MessageState.RECEIVED


def test_an_unknown_kind_is_ignored(session, message, receipt):
    receipts_store(session, receipt("server-error"))
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize("before", [MessageState.SENT, MessageState.UNCONFIRMED])
def test_a_receipt_counts_also_when_its_first_attempt_is_lost(session, queue, receipt, monkeypatch, before):
    queue(state=before, wa_id="WA1", error_code="" if before == MessageState.SENT else "outcome_unknown")
    lose_first(monkeypatch, receipts, "counted_first")
    receipts_store(session, receipt("read"))
    message = Message.objects.get()
    assert (message.state, message.error_code, states()) == (MessageState.READ, "", ["read"])


def test_receipts_of_many_threads_leave_the_strongest(session, message, receipt):
    def store(kind):
        receipts_store(session, receipt(kind))
        connection.close()

    threads = [threading.Thread(target=store, args=(kind,)) for kind in ("played", "delivered", "read")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    message.refresh_from_db()
    assert message.state == MessageState.PLAYED
    assert states()[-1] == "played"
