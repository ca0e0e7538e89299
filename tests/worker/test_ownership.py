"""One owner at a time, and a stale one changes nothing."""

import threading

import pytest
from django.db import connection

from sessions_app import ownership
from sessions_app.engine.base import Paired, StateChanged
from sessions_app.engine.states import Reason, State
from sessions_app.inbound import event_store
from sessions_app.models import Session
from tests import factories
from whatsapp_api.events.models import Event


@pytest.fixture
def session(workspace):
    return factories.session(workspace)


def state(session, state, reason=Reason.NONE, **fields):
    return StateChanged(session=str(session.pk), state=state, reason=reason, at=1_800_000_000.0, **fields)


def test_each_take_raises_the_epoch(session):
    assert ownership.take(session, node="a")
    assert ownership.take(session, node="b")
    row = Session.objects.get()
    assert (row.owner, row.epoch) == (session.owner, session.epoch) == ("b", 2)


def test_of_many_takers_one_wins(session):
    won: list[bool] = []

    def take(node):
        row = Session.objects.get(pk=session.pk)
        ready.wait()
        won.append(ownership.take(row, node=node))
        connection.close()

    ready = threading.Barrier(6)
    threads = [threading.Thread(target=take, args=(f"node-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
    assert Session.objects.get().epoch == 1


def test_a_stale_owner_changes_nothing(session):
    ownership.take(session, node="a")
    stale = Session.objects.get()
    ownership.take(session, node="b")
    event_store(stale, state(session, State.CONNECTED), generation=1)
    event_store(stale, Paired(session=str(session.pk), jid="1@s.whatsapp.net"), generation=1)
    assert not ownership.session_update(stale.pk, stale.epoch, push_name="x")
    assert not ownership.release(stale.pk, stale.epoch)
    row = Session.objects.get()
    assert (row.owner, row.state, row.jid, row.push_name) == ("b", "STOPPED", "", "")
    assert not Event.objects.exists()


def test_a_state_is_published_when_it_is_news(session):
    for _ in range(2):
        event_store(
            session, state(session, State.BANNED, Reason.TEMPORARY_BAN, expires_at=1_800_003_600.1234), generation=3
        )
    event_store(
        session,
        state(session, State.BANNED, Reason.TEMPORARY_BAN, expires_at=1_800_003_600.1234, text="other words"),
        generation=4,
    )
    row = Session.objects.get()
    assert (row.state, row.state_generation, row.state_text) == ("BANNED", 4, "other words")
    assert [event.payload["state"] for event in Event.objects.all()] == ["BANNED"]


def test_a_lost_account_is_forgotten_so_that_the_next_start_pairs_afresh(workspace):
    session = factories.connected_session(workspace)
    event_store(session, state(session, State.LOGGED_OUT, Reason.DEVICE_REMOVED), generation=1)
    row = Session.objects.get()
    assert (row.jid, row.lid, row.paired_at) == ("", "", None)


def test_linking_is_stored_and_published_once(session):
    paired = Paired(
        session=str(session.pk), jid="34600000001@s.whatsapp.net", lid="1@lid", push_name="Shop", at=1_800_000_000.1234
    )
    for _ in range(2):
        event_store(session, paired, generation=1)
    row = Session.objects.get()
    assert (row.jid, row.lid, row.push_name, row.is_paired) == (paired.jid, "1@lid", "Shop", True)
    assert Event.objects.count() == 1
