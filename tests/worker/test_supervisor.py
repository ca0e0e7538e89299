"""The session owner over real host processes that run an engine without WhatsApp."""

import os
import signal
import threading
import time
from dataclasses import replace

import pytest
from django.db import OperationalError

from messaging.models import Message, MessageState
from sessions_app import commands
from sessions_app.engine.base import MessageReceived, Person, SendFinished
from sessions_app.engine.errors import NotConnected, Unsupported
from sessions_app.engine.spool import Spool
from sessions_app.engine.states import Reason, State
from sessions_app.engine.store import StoreLock, prepare
from sessions_app.models import Desired, Session
from sessions_app.worker import intake, supervisor
from tests.frozen import frozen
from tests.worker.conftest import QUICK, eventually, store_of, told
from whatsapp_api.events.models import Event, EventType


def want(session, **fields):
    Session.objects.filter(pk=session.pk).update(**fields)
    commands.wake(session.pk)


def kill(owner, session):
    os.kill(owner.host(session).pid, signal.SIGKILL)


# ---- following what people want ----------------------------------------------------------------------


def test_a_session_that_is_wanted_runs_and_its_states_are_published(owner, linked):
    session = linked()
    row = owner.state(session, State.CONNECTED)
    assert (row.owner, row.epoch, row.state_generation) == (owner.supervisor.node, 1, 1)
    assert row.connected_at
    states = [event.payload["state"] for event in Event.objects.filter(type=EventType.SESSION_STATUS).order_by("id")]
    assert states == ["STARTING", "CONNECTED"]


def test_a_stop_and_a_new_start_are_followed(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    want(session, desired=Desired.STOPPED)
    assert owner.state(session, State.STOPPED).reason == Reason.REQUESTED
    want(session, desired=Desired.STARTED, generation=2)
    assert owner.state(session, State.CONNECTED).state_generation == 2


def test_a_restart_starts_the_engine_afresh(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    want(session, generation=2)
    eventually(lambda: Session.objects.get(pk=session.pk).state_generation == 2, "the new generation")
    owner.state(session, State.CONNECTED)


def test_a_session_that_nobody_wants_is_left_alone(owner, linked):
    idle, wanted = linked("Idle", desired=Desired.STOPPED), linked("Wanted")
    owner.state(wanted, State.CONNECTED)
    assert Session.objects.get(pk=idle.pk).owner == ""


@pytest.mark.parametrize("state", [State.LOGGED_OUT, State.REPLACED, State.BANNED, State.FAILED])
def test_a_final_state_waits_for_a_person(owner, linked, state):
    resting, wanted = linked("Resting", state=state.value, state_generation=1), linked("Wanted")
    owner.state(wanted, State.CONNECTED)
    assert Session.objects.get(pk=resting.pk).state == state
    want(resting, generation=2)
    owner.state(resting, State.CONNECTED)


def test_a_logout_unlinks_and_clears_the_account(owner, linked, queue, settled, sessions_dir):
    session = linked()
    owner.state(session, State.CONNECTED)
    want(session, desired=Desired.STOPPED, logout_requested=True)
    eventually(lambda: not Session.objects.get(pk=session.pk).logout_requested, "the logout")
    row = Session.objects.get(pk=session.pk)
    assert (row.state, row.reason, row.jid, row.state_text) == (State.LOGGED_OUT, Reason.LOGGED_OUT, "", "")
    assert not store_of(sessions_dir, session).exists()


def test_a_logout_offline_says_what_is_left_to_do(owner, linked):
    session = linked(desired=Desired.STOPPED, logout_requested=True)
    row = owner.state(session, State.LOGGED_OUT)
    assert "Linked devices" in row.explanation


def test_a_deleted_session_leaves_nothing_behind(owner, linked, queue, sessions_dir):
    from django.utils import timezone

    session = linked()
    owner.state(session, State.CONNECTED)
    queue(session, state=MessageState.SENT)
    assert store_of(sessions_dir, session).exists()
    want(session, desired=Desired.STOPPED, deleted_at=timezone.now())
    eventually(lambda: not Session.objects.filter(pk=session.pk).exists(), "the deletion")
    assert not store_of(sessions_dir, session).exists()
    assert not Message.objects.exists()


def test_many_sessions_share_hosts_up_to_the_capacity(settings, start_owner, linked):
    settings.SESSION_HOST_CAPACITY = 5
    owner = start_owner()
    sessions = [linked(f"Session {number}") for number in range(12)]
    for session in sessions:
        owner.state(session, State.CONNECTED)
    assert sorted(len(slot.places) for slot in owner.supervisor.pool.all()) == [2, 5, 5]


# ---- messages ------------------------------------------------------------------------------------------


def test_messages_leave_in_order_without_waiting_for_the_sweep(start_owner, linked, queue, settled):
    session, owner = linked(), start_owner()
    owner.state(session, State.CONNECTED)
    rows = [queue(session) for _ in range(20)]
    commands.wake_sends(session.pk)
    settled(rows[-1], MessageState.SENT)
    sent = Message.objects.filter(session=session).order_by("id")
    assert all(row.wa_id.startswith(f"WA-{row.pk}/") for row in sent)
    events = Event.objects.filter(type=EventType.MESSAGE_ACK).order_by("sequence")
    assert [event.payload["id"] for event in events] == [str(row.pk) for row in rows]


def test_a_message_whose_hint_was_lost_leaves_with_the_sweep(owner, linked, queue, settled):
    session = linked()
    owner.state(session, State.CONNECTED)
    settled(queue(session), MessageState.SENT)


def test_messages_written_before_the_connection_wait_for_it(start_owner, linked, queue, settled):
    session = linked()
    row = queue(session)
    start_owner()
    settled(row, MessageState.SENT)


def test_a_refusal_ends_in_failed_and_the_next_message_goes(owner, linked, queue, settled):
    session = linked()
    owner.state(session, State.CONNECTED)
    refused, next_one = queue(session, content={"do": "refuse"}), queue(session)
    assert settled(refused, MessageState.FAILED).error_code == "reachout_timelock"
    settled(next_one, MessageState.SENT)


def test_a_slow_session_holds_no_other_up(owner, linked, queue, settled):
    slow, quick = linked("Slow"), linked("Quick")
    for session in (slow, quick):
        owner.state(session, State.CONNECTED)
    waiting = queue(slow, content={"seconds": 300})
    settled(waiting, MessageState.SENDING)
    for row in [queue(quick) for _ in range(5)]:
        settled(row, MessageState.SENT)
    waiting.refresh_from_db()
    assert waiting.state == MessageState.SENDING
    owner.host(slow).kill()  # nobody waits for it


def test_what_comes_in_is_stored_and_forgotten_by_the_spool(owner, linked, sessions_dir):
    session = linked()
    owner.state(session, State.CONNECTED)
    commands.call(session.pk, "receive", {"count": 50}, timeout=30)
    eventually(lambda: Message.objects.filter(session=session, direction="in").count() == 50, "50 messages")
    order = Message.objects.filter(session=session, direction="in").order_by("id").values_list("wa_id", flat=True)
    assert list(order) == [f"M{number}" for number in range(50)]
    host = owner.host(session)
    eventually(lambda: host.stats(timeout=60).result()["sessions"][str(session.pk)]["spool"] == 0, "acks")
    assert Session.objects.get(pk=session.pk).last_inbound_at


# ---- calls ---------------------------------------------------------------------------------------------


def test_a_call_gets_its_answer_or_its_error(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    assert commands.call(session.pk, "echo", {"text": "a", "data": b"\x00"}, timeout=60) == {
        "text": "a",
        "data": b"\x00",
    }
    with pytest.raises(Unsupported):
        commands.call(session.pk, "levitate", {}, timeout=60)
    with pytest.raises(TimeoutError):
        commands.call(session.pk, "sleep", {"seconds": 5}, timeout=0.5)


def test_a_call_to_a_session_that_does_not_run_is_refused_at_once(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    want(session, desired=Desired.STOPPED)
    owner.state(session, State.STOPPED)
    began = time.monotonic()
    with pytest.raises(NotConnected):
        commands.call(session.pk, "echo", {}, timeout=30)
    assert time.monotonic() - began < 15


# ---- deaths --------------------------------------------------------------------------------------------


def test_a_host_that_is_killed_comes_back_by_itself(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    pid = owner.host(session).pid
    kill(owner, session)
    told(session, State.RECONNECTING, Reason.ENGINE_CRASHED)
    owner.state(session, State.CONNECTED)
    assert owner.host(session).pid != pid


def test_a_crash_is_told_also_when_the_session_is_taken_out_at_once(owner, linked, monkeypatch):
    session = linked()
    owner.state(session, State.CONNECTED)
    live, bury = owner.live(session), owner.supervisor.pool.bury

    def taken_out_meanwhile(slot):
        surprised = bury(slot)
        owner.supervisor.reconciler.wake()
        eventually(lambda: live.slot is not slot, "the burial")
        return surprised

    with monkeypatch.context() as patch:
        patch.setattr(owner.supervisor.pool, "bury", taken_out_meanwhile)
        kill(owner, session)
        told(session, State.RECONNECTING, Reason.ENGINE_CRASHED)
    owner.state(session, State.CONNECTED)


def test_the_message_under_way_when_a_host_dies_is_unconfirmed_and_the_rest_goes(owner, linked, queue, settled):
    session = linked()
    owner.state(session, State.CONNECTED)
    doubtful, rest = queue(session, content={"do": "abort"}), [queue(session) for _ in range(3)]
    assert settled(doubtful, MessageState.UNCONFIRMED).error_code == "outcome_unknown"
    for row in rest:
        settled(row, MessageState.SENT)


def test_a_wedged_host_is_ended(linked, start_owner):
    from sessions_app.worker.timings import Timings
    from tests.worker.conftest import Owner

    owner: Owner = start_owner(timings=Timings(sweep=0.2, backoff_first=0.05, stats_every=0.1, stats_within=5))
    session = linked()
    owner.state(session, State.CONNECTED)
    pid = owner.host(session).pid
    with frozen(pid):
        told(session, State.RECONNECTING, Reason.ENGINE_CRASHED)
        owner.state(session, State.CONNECTED)
    assert owner.host(session).pid != pid


def test_what_a_dead_worker_left_is_stored_before_anything_is_called_unconfirmed(
    linked, queue, settled, start_owner, sessions_dir
):
    session = linked(owner="dead-node", epoch=7, state=State.CONNECTED.value, state_generation=1)
    known, unknown = (queue(session, state=MessageState.SENDING, claim=f"dead-node:{n}") for n in range(2))
    person = Person(jid="34600111222@s.whatsapp.net")
    left_behind(
        store_of(sessions_dir, session),
        SendFinished(session=str(session.pk), ref=f"{known.pk}/dead-node:0", wa_id="WA0", timestamp=1.0),
        MessageReceived(
            session=str(session.pk), wa_id="M1", chat=person, sender=person, from_me=False, timestamp=2.0, kind="text"
        ),
    )
    owner = start_owner()
    assert settled(known, MessageState.SENT).wa_id == "WA0"
    settled(unknown, MessageState.UNCONFIRMED)
    assert Message.objects.filter(wa_id="M1").count() == 1
    row = owner.state(session, State.CONNECTED)
    assert (row.owner, row.epoch) == (owner.supervisor.node, 8)
    settled_states = [event.payload["state"] for event in Event.objects.filter(type=EventType.MESSAGE_ACK)]
    assert sorted(settled_states) == ["sent", "unconfirmed"]


def test_a_new_worker_waits_for_the_hosts_of_the_dead_one(linked, start_owner, sessions_dir):
    session = linked(owner="dead-node", epoch=7, state=State.CONNECTED.value, state_generation=1)
    store = prepare(store_of(sessions_dir, session))
    lock = StoreLock(store)
    lock.acquire()
    Spool(store).close()
    owner = start_owner()
    eventually(lambda: Session.objects.get(pk=session.pk).reason == Reason.WORKER_LOST, "the takeover")
    assert owner.live(session).slot is None
    lock.release()
    owner.state(session, State.CONNECTED)


def test_a_worker_that_stops_finishes_what_is_under_way_and_gives_back(start_owner, linked, queue, settled, gate):
    session, owner = linked(), start_owner(timings=replace(QUICK, drain_sends=120))
    owner.state(session, State.CONNECTED)
    last = queue(session, content=gate.content)
    settled(last, MessageState.SENDING)
    after = queue(session)
    with owner.stopping():
        eventually(owner.supervisor.pump._closed.is_set, "the end of new sends")
        gate.open()
    row = Session.objects.get(pk=session.pk)
    assert (row.owner, row.state, row.reason) == ("", State.RECONNECTING, Reason.WORKER_LOST)
    assert Message.objects.get(pk=last.pk).state == MessageState.SENT
    assert Message.objects.get(pk=after.pk).state == MessageState.QUEUED
    start_owner().state(session, State.CONNECTED)
    settled(after, MessageState.SENT)


def test_an_owner_that_lost_its_session_lets_go_without_a_word(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    Session.objects.filter(pk=session.pk).update(owner="somebody-else", epoch=99, state="DEGRADED")
    eventually(lambda: owner.live(session) is None, "letting go")
    eventually(lambda: not any(slot.places for slot in owner.supervisor.pool.all()), "an empty host")
    row = Session.objects.get(pk=session.pk)
    assert (row.owner, row.epoch, row.state) == ("somebody-else", 99, "DEGRADED")


def left_behind(store, *events):
    spool = Spool(prepare(store))
    for event in events:
        spool.append(event)
    spool.close()


def test_a_database_that_is_away_loses_nothing_and_keeps_the_order(linked, start_owner, monkeypatch, sessions_dir):
    """More comes in than fits into memory: the rest waits in the spool."""
    away = threading.Event()
    store = intake.event_store

    def refuse(*arguments, **options):
        if away.is_set():
            raise OperationalError("away")
        store(*arguments, **options)

    monkeypatch.setattr(intake, "event_store", refuse)
    monkeypatch.setattr(supervisor, "EVENTS_IN_MEMORY", 40)
    session, owner = linked(), start_owner()
    owner.state(session, State.CONNECTED)
    away.set()
    live = owner.live(session)
    live.pause_until = float("inf")  # else its host would be replaced before all has come in
    commands.call(session.pk, "receive", {"count": 300}, timeout=30)
    eventually(lambda: live.overflowed, "the overflow")
    away.clear()
    live.pause_until = 0.0
    rows = Message.objects.filter(session=session, direction="in").order_by("id")
    eventually(lambda: rows.count() == 300, "all messages")
    assert list(rows.values_list("wa_id", flat=True)) == [f"M{number}" for number in range(300)]
    owner.state(session, State.CONNECTED)
    told(session, State.RECONNECTING, Reason.CATCHING_UP)


def test_a_stop_does_not_wait_for_a_database_that_stays_away(linked, start_owner, monkeypatch, sessions_dir):
    def refuse(*arguments, **options):
        raise OperationalError("away")

    session, owner = linked(), start_owner(timings=replace(QUICK, drain_events=0.5))
    owner.state(session, State.CONNECTED)
    monkeypatch.setattr(intake, "event_store", refuse)
    commands.call(session.pk, "receive", {"count": 3}, timeout=30)
    with owner.stopping():
        eventually(owner.supervisor._stopping.is_set, "the end of patience")
    left = [event for _, event in Spool.leftovers(store_of(sessions_dir, session))]
    assert [event.wa_id for event in left if isinstance(event, MessageReceived)] == ["M0", "M1", "M2"]


def test_an_event_that_can_never_be_stored_holds_nothing_up_and_stays_in_the_spool(
    linked, start_owner, monkeypatch, sessions_dir
):
    store = intake.event_store

    def refuse(session, event, **options):
        if isinstance(event, MessageReceived) and event.wa_id == "M1":
            raise ValueError("not like this")
        store(session, event, **options)

    monkeypatch.setattr(intake, "event_store", refuse)
    session, owner = linked(), start_owner()
    owner.state(session, State.CONNECTED)
    commands.call(session.pk, "receive", {"count": 3}, timeout=30)
    eventually(lambda: Message.objects.filter(wa_id="M2").exists(), "the message after it")
    owner.stop()
    assert "M1" in [event.wa_id for _, event in Spool.leftovers(store_of(sessions_dir, session))]
