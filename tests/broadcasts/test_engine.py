"""From launch to the end: everybody once, with their own words, whoever dies or presses a button in between."""

import threading
from collections import Counter
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from messaging.audience.models import Suppression, SuppressionSource
from messaging.audience.services import suppress
from messaging.broadcasts import services
from messaging.broadcasts.engine import expanding, feeding
from messaging.broadcasts.engine.tick import tick
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastState, Pacer, RecipientState
from messaging.broadcasts.payloads import counts_of
from messaging.models import Chat, Message, MessageState
from messaging.receipts import receipts_store
from sessions_app.engine.base import Person, ReceiptReceived
from sessions_app.restrictions import restriction_note
from tests import factories
from tests.lost_transactions import lose_first
from whatsapp_api.core.errors import Conflict
from whatsapp_api.events.models import Event, EventType


def run(sender, rounds: int = 50) -> None:
    """Ticks and sends until nothing moves any more."""
    for _ in range(rounds):
        if not tick(0) and not sender.drain():
            break


def states(broadcast: Broadcast) -> Counter[str]:
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast)
    return Counter(rows.values_list("state", flat=True))


def test_everybody_gets_their_own_words_once(sender, people, draft) -> None:
    people(130)
    broadcast = services.broadcast_launch(draft())
    run(sender)

    assert Counter(sender.arrived) == Counter(
        (f"346111{n:05}@s.whatsapp.net", f"Hi P{n}, City {n} calls") for n in range(130)
    )
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.FINISHED
    assert counts_of(broadcast.pk) == {**dict.fromkeys(RecipientState.values, 0), "total": 130, "sent": 130}
    assert [len(jids) for jids in sender.by_session.values()] == [65, 65]
    types = Counter(Event.objects.values_list("type", flat=True))
    assert types[EventType.MESSAGE_CREATED] == types[EventType.MESSAGE_ACK] == 130
    last = Event.objects.filter(type=EventType.BROADCAST_STATUS).latest("sequence")
    assert (last.payload["state"], last.payload["counts"]["sent"]) == ("finished", 130)
    assert list(Event.objects.order_by("sequence").values_list("sequence", flat=True)) == list(
        range(1, Event.objects.count() + 1)
    )


def test_a_page_whose_transaction_is_lost_is_added_once_more(sender, people, draft, monkeypatch) -> None:
    people(5)
    broadcast = services.broadcast_launch(draft())
    monkeypatch.setattr(expanding, "page_of", partial(expanding.page_of, size=2))
    lose_first(monkeypatch, expanding)
    run(sender)
    assert states(broadcast) == {"sent": 5}


def test_whoever_was_talked_to_stays_with_that_session(sessions, sender, people, draft) -> None:
    known = people(6)
    for person in known:
        Chat.objects.create(session=sessions[1], jid=person.jid, kind="person", last_at=timezone.now())
    services.broadcast_launch(draft())
    run(sender)
    assert len(sender.by_session[str(sessions[1].pk)]) == 6


def test_nobody_on_the_suppression_list_gets_one_even_at_the_last_moment(workspace, sender, people, draft) -> None:
    rows = people(10)
    suppress(workspace.pk, rows[3].jid, source=SuppressionSource.MANUAL)
    broadcast = services.broadcast_launch(draft())
    tick(0)  # now they are in the outbox
    suppress(workspace.pk, rows[4].jid, source=SuppressionSource.KEYWORD)
    run(sender)
    assert {to for to, _ in sender.arrived} == {row.jid for row in rows} - {rows[3].jid, rows[4].jid}
    skipped = BroadcastRecipient.objects.filter(broadcast=broadcast, state=RecipientState.SKIPPED)
    assert set(skipped.values_list("reason", flat=True)) == {"suppressed"}
    assert skipped.count() == 2
    assert Suppression.objects.count() == 2


def test_a_pause_takes_back_all_but_what_is_under_way(sessions, sender, people, draft) -> None:
    people(60)
    broadcast = services.broadcast_launch(draft())
    tick(0)
    sender.drain(3)
    under_way = [(session, sender.claim(session)) for session in sessions]
    services.broadcast_pause(broadcast)

    assert [sender.claim(session) for session in sessions] == [None, None]
    for session, outgoing in under_way:
        sender.finish(session, outgoing)
    assert tick(0) == 0
    assert states(broadcast) == {"sent": 8, "pending": 52}
    rows = set(Message.objects.values_list("pk", flat=True))

    services.broadcast_resume(broadcast)
    run(sender)
    assert states(broadcast) == {"sent": 60}
    assert len(sender.arrived) == len(set(sender.arrived)) == 60
    assert rows <= set(Message.objects.values_list("pk", flat=True))
    assert Message.objects.count() == 60


def test_cancel_skips_the_rest(sender, people, draft) -> None:
    people(20)
    broadcast = services.broadcast_launch(draft())
    tick(0)
    sender.drain(2)
    services.broadcast_cancel(broadcast)
    run(sender)
    assert states(broadcast) == {"sent": 4, "skipped": 16}
    with pytest.raises(Conflict):
        services.broadcast_resume(broadcast)


def test_a_restriction_pauses_its_session_at_once_and_passes(sessions, sender, people, draft) -> None:
    people(40)
    broadcast = services.broadcast_launch(draft())
    tick(0)
    first = sender.claim(sessions[0])
    sender.finish(sessions[0], first, error="Refused", error_code="reachout_timelock", error_text="463")

    assert sender.claim(sessions[0]) is None
    run(sender)
    assert states(broadcast) == {"sent": 20, "pending": 19, "failed": 1}
    assert Pacer.objects.get(session=sessions[0]).pause_reason == "reachout_timelock"

    past = timezone.now()
    Pacer.objects.update(paused_until=past)
    sessions[0].__class__.objects.update(restricted_until=past)
    run(sender)
    assert states(broadcast) == {"sent": 39, "failed": 1}
    broadcast.refresh_from_db()
    assert services.broadcast_retry(broadcast) == 1
    run(sender)
    assert states(broadcast) == {"sent": 40}
    assert Message.objects.count() == 40


def test_the_rest_moves_to_other_sessions_only_if_that_is_allowed(sessions, sender, people, draft) -> None:
    people(20)
    restriction_note(sessions[0].pk, "reachout_timelock")
    broadcast = services.broadcast_launch(draft(options={"failover": True}))
    run(sender)
    assert states(broadcast) == {"sent": 20}
    assert len(sender.by_session[str(sessions[1].pk)]) == 20


def test_a_session_that_mostly_fails_rests(sessions, sender, people, draft) -> None:
    people(80)
    broadcast = services.broadcast_launch(draft(session_ids=[str(sessions[0].pk)]))
    tick(0)
    for _ in range(12):
        outgoing = sender.claim(sessions[0])
        sender.finish(sessions[0], outgoing, error="Refused", error_code="whatsapp_unavailable", error_text="503")
    tick(0)
    assert sender.claim(sessions[0]) is None
    assert Pacer.objects.get(session=sessions[0]).pause_reason == "failure_rate"
    assert states(broadcast) == {"failed": 12, "pending": 68}


def test_a_banned_session_keeps_its_share_for_later(sessions, sender, people, draft) -> None:
    from messaging.outbox import fail_waiting

    people(10)
    broadcast = services.broadcast_launch(draft(session_ids=[str(sessions[0].pk)]))
    tick(0)
    fail_waiting(sessions[0].pk, code="session_banned", text="Banned.", scheduled=False)
    assert states(broadcast) == {"pending": 10}


def test_what_nobody_knows_is_not_sent_again(sessions, sender, people, draft) -> None:
    people(4)
    broadcast = services.broadcast_launch(draft(session_ids=[str(sessions[0].pk)]))
    tick(0)
    doubtful = sender.claim(sessions[0])
    sender.finish(sessions[0], doubtful, error="OutcomeUnknown", error_code="outcome_unknown", error_text="died")
    run(sender)
    assert states(broadcast) == {"sent": 3, "unconfirmed": 1}
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.FINISHED
    assert services.broadcast_retry(broadcast) == 0


def test_recipients_follow_receipts_and_replies(sessions, sender, people, draft, reply) -> None:
    rows = people(3)
    broadcast = services.broadcast_launch(draft(session_ids=[str(sessions[0].pk)]))
    run(sender)
    person = Person(jid=rows[0].jid, lid="")
    message = Message.objects.get(chat=rows[0].jid)
    for kind, state in (("delivered", "delivered"), ("read", "read"), ("delivered", "read")):
        receipts_store(
            sessions[0],
            ReceiptReceived(
                session=str(sessions[0].pk),
                wa_ids=[message.wa_id],
                chat=person,
                sender=person,
                kind=kind,
                timestamp=1.0,
            ),
        )
        assert BroadcastRecipient.objects.get(jid=rows[0].jid).state == state
    reply(sessions[0], rows[1].jid, "Thanks!")
    assert states(broadcast) == {"read": 1, "replied": 1, "sent": 1}


def test_a_deleted_session_leaves_its_share_to_the_others(sessions, sender, people, draft) -> None:
    people(20)
    broadcast = services.broadcast_launch(draft())
    tick(0)
    sessions[0].delete()
    sender.sessions = sessions[1:]
    run(sender)
    assert states(broadcast) == {"sent": 10, "failed": 10}
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.FINISHED


def test_several_workers_at_once_double_nothing(sender, people, draft) -> None:
    people(120)
    broadcast = services.broadcast_launch(draft())
    failures = []

    def work() -> None:
        try:
            for _ in range(5):
                tick(0)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(sender)
    assert not failures
    assert states(broadcast) == {"sent": 120}
    assert Message.objects.count() == 120
    assert Chat.objects.count() == 120


@pytest.mark.parametrize("where", ["message_payload", "publish_many", "chat_touch"])
def test_a_worker_that_dies_while_feeding_leaves_nothing_half_done(sender, people, draft, monkeypatch, where) -> None:
    people(10)
    broadcast = services.broadcast_launch(draft())

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(feeding, where, die)
        with pytest.raises(KeyboardInterrupt):
            tick(0)
    assert Message.objects.count() == 0
    Broadcast.objects.update(lease="")  # it runs out by itself after a while
    run(sender)
    assert states(broadcast) == {"sent": 10}
    assert len(sender.arrived) == 10


def test_a_session_that_is_not_connected_is_fed_nothing(sessions, sender, people, draft) -> None:
    people(4)
    type(sessions[0]).objects.update(state="RECONNECTING")
    services.broadcast_launch(draft())
    assert tick(0) == 0
    assert not Message.objects.exists()


def test_held_messages_cannot_be_rescheduled_by_hand(sessions, sender, people, draft) -> None:
    from messaging.scheduling import message_reschedule

    people(2)
    broadcast = services.broadcast_launch(draft())
    tick(0)
    services.broadcast_pause(broadcast)
    message = Message.objects.earliest("id")
    assert (message.state, message.due_at) == (MessageState.SCHEDULED, None)
    with pytest.raises(Conflict):
        message_reschedule(message=message, changes={"due_at": timezone.now()})


def test_variants_share_by_weight_and_spintax_is_off_by_default(sender, people, draft) -> None:
    people(200)
    texts = ("A {x|y}", "B {x|y}")
    variants = [
        {"name": text[0], "weight": weight, "kind": "text", "content": {"text": text}, "defaults": {}}
        for text, weight in zip(texts, (3, 1), strict=True)
    ]
    services.broadcast_launch(draft(variants=variants))
    run(sender)
    found = Counter(text for _, text in sender.arrived)
    assert set(found) == set(texts)
    assert 110 < found[texts[0]] < 190
    services.broadcast_launch(draft(variants=variants, options={"spintax": True}))
    sender.arrived.clear()
    run(sender)
    assert {text for _, text in sender.arrived} == {"A x", "A y", "B x", "B y"}


def test_other_workspaces_people_are_never_written_to(sender, people, draft) -> None:
    elsewhere = factories.workspace("Elsewhere")
    people(2, workspace=elsewhere)
    broadcast = services.broadcast_launch(draft())
    run(sender)
    assert states(broadcast) == {}
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.FINISHED
