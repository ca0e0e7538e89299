"""The outbox: each message is claimed once, and an outcome counts for the attempt that it speaks of."""

import threading

import pytest
from django.db import DatabaseError, connection

from messaging.models import Message, MessageState
from messaging.outbox import MessageOutbox, fail_waiting
from messaging.receipts import receipts_store
from sessions_app.engine.base import SendFinished
from tests import factories
from whatsapp_api.events.models import Event, EventType

CLAIM = "node:1"


@pytest.fixture
def outbox():
    return MessageOutbox()


def finished(session, ref, **fields):
    return SendFinished(session=str(session.pk), ref=ref, **{"timestamp": 1_800_000_000.5, **fields})


def sent(session, ref):
    return finished(session, ref, wa_id="WA1")


def failed(session, ref, error, code="a_code"):
    return finished(session, ref, error=error, error_code=code, error_text="why")


def acks():
    return list(Event.objects.filter(type=EventType.MESSAGE_ACK).order_by("sequence"))


def test_messages_leave_in_the_order_in_which_they_were_written(outbox, session, queue):
    rows = [queue() for _ in range(3)]
    claimed = [outbox.claim(session.pk, claim=f"node:{n}") for n in range(4)]
    assert [each and each.content["text"] for each in claimed] == ["number 0", "number 1", "number 2", None]
    assert claimed[0].to == rows[0].chat
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].claim) == (MessageState.SENDING, "node:0")


def test_only_sessions_with_queued_rows_are_waiting(outbox, session, queue):
    other = factories.connected_session(session.workspace, "Other")
    queue(state=MessageState.SENT)
    assert outbox.waiting([session.pk, other.pk]) == set()
    queue()
    assert outbox.waiting([session.pk, other.pk]) == {session.pk}
    assert outbox.waiting([other.pk]) == set()


def test_a_row_is_claimed_by_one_of_many_threads(outbox, session, queue):
    queue()
    claimed = []

    def claim(number):
        claimed.append(outbox.claim(session.pk, claim=f"node:{number}"))
        connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([each for each in claimed if each]) == 1


def test_a_sent_message_knows_its_id_and_time_and_is_published_once(outbox, session, queue):
    row = queue()
    outcome = sent(session, outbox.claim(session.pk, claim=CLAIM).ref)
    outbox.finish(session.pk, outcome)
    outbox.finish(session.pk, outcome)
    row.refresh_from_db()
    assert (row.state, row.wa_id, row.sent_at.timestamp()) == (MessageState.SENT, "WA1", 1_800_000_000.5)
    [event] = acks()
    assert (event.payload["state"], event.payload["ack"], event.payload["wa_id"]) == ("sent", 1, "WA1")


def test_a_refused_message_fails_with_the_engines_code(outbox, session, queue):
    row = queue()
    outbox.finish(
        session.pk, failed(session, outbox.claim(session.pk, claim=CLAIM).ref, "Refused", "reachout_timelock")
    )
    row.refresh_from_db()
    assert (row.state, row.error_code, row.error_text) == (MessageState.FAILED, "reachout_timelock", "why")
    assert [event.payload["ack"] for event in acks()] == [-1]


def test_a_message_that_was_not_attempted_goes_back_to_its_old_place(outbox, session, queue):
    first, _ = queue(), queue()
    outbox.finish(session.pk, failed(session, outbox.claim(session.pk, claim=CLAIM).ref, "NotConnected"))
    assert outbox.claim(session.pk, claim="node:2").ref == f"{first.pk}/node:2"
    assert acks() == []


def test_a_late_report_of_an_earlier_attempt_does_not_touch_the_present_one(outbox, session, queue):
    row = queue()
    early = outbox.claim(session.pk, claim="node:1").ref
    outbox.release(session.pk, ref=early)
    outbox.claim(session.pk, claim="node:2")
    for report in (failed(session, early, "NotConnected"), failed(session, early, "Refused"), sent(session, early)):
        outbox.finish(session.pk, report)
    row.refresh_from_db()
    assert (row.state, row.claim, row.wa_id) == (MessageState.SENDING, "node:2", "")


def test_an_unknown_outcome_is_never_sent_again_but_a_late_report_settles_it(outbox, session, queue):
    row = queue()
    ref = outbox.claim(session.pk, claim=CLAIM).ref
    outbox.finish(session.pk, failed(session, ref, "OutcomeUnknown", "outcome_unknown"))
    row.refresh_from_db()
    assert (row.state, row.error_code) == (MessageState.UNCONFIRMED, "outcome_unknown")
    assert outbox.claim(session.pk, claim="node:2") is None
    outbox.finish(session.pk, sent(session, ref))
    row.refresh_from_db()
    assert (row.state, row.error_code) == (MessageState.SENT, "")


def test_later_messages_do_not_wait_behind_an_unconfirmed_one(outbox, session, queue):
    queue()
    outbox.finish(session.pk, failed(session, outbox.claim(session.pk, claim=CLAIM).ref, "OutcomeUnknown"))
    queue("next")
    assert outbox.claim(session.pk, claim="node:2").content["text"] == "next"


def test_what_a_dead_owner_was_sending_becomes_unconfirmed(outbox, session, queue):
    dead, mine = queue(), queue()
    outbox.claim(session.pk, claim="dead:1")
    outbox.claim(session.pk, claim="me:1")
    assert outbox.abandon(session.pk, keep_claims=["me:1"]) == 1
    assert outbox.abandon(session.pk, keep_claims=["me:1"]) == 0
    assert Message.objects.get(pk=dead.pk).state == MessageState.UNCONFIRMED
    assert Message.objects.get(pk=mine.pk).state == MessageState.SENDING
    assert len(acks()) == 1


def test_a_claim_whose_answer_was_lost_is_found_again(outbox, session, queue, monkeypatch):
    """The database took the claim and died: the row was never sent, so it must not end as unconfirmed."""
    row = queue()
    take = MessageOutbox._take_next
    with monkeypatch.context() as patch:
        patch.setattr(MessageOutbox, "_take_next", lambda *arguments: _lose_answer(take(*arguments)))
        with pytest.raises(DatabaseError):
            outbox.claim(session.pk, claim=CLAIM)
    assert outbox.claim(session.pk, claim=CLAIM).ref == f"{row.pk}/{CLAIM}"


def test_a_receipt_that_came_before_the_sends_own_answer_counts(outbox, session, queue, receipt):
    row = queue()
    ref = outbox.claim(session.pk, claim=CLAIM).ref
    receipts_store(session, receipt("read", "WA1"))
    outbox.finish(session.pk, sent(session, ref))
    row.refresh_from_db()
    assert row.state == MessageState.READ
    assert [event.payload["state"] for event in acks()] == ["sent", "read"]


def test_a_session_without_hope_gives_up_what_waits(session, queue):
    rows = [queue(), queue(), queue(state=MessageState.SENT)]
    assert fail_waiting(session.pk, code="session_logged_out", text="Logged out.", scheduled=False) == 2
    states = [Message.objects.get(pk=row.pk).state for row in rows]
    assert states == [MessageState.FAILED, MessageState.FAILED, MessageState.SENT]
    assert {event.payload["error"]["code"] for event in acks()} == {"session_logged_out"}


def _lose_answer(_):
    raise DatabaseError("connection lost")
