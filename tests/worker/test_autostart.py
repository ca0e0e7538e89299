"""Which sessions come back by themselves after the platform was down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app.cluster.models import Node
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from sessions_app.worker import autostart
from tests import factories
from tests.worker.conftest import eventually

NOW = timezone.now()
BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


def test_a_new_worker_leaves_it_stopped(owner, start_owner, linked):
    comes, stays = linked("Comes"), linked("Stays", autostart=False)
    for session in (comes, stays):
        owner.state(session, State.CONNECTED)
    owner.stop()
    again = start_owner()

    assert again.state(stays, State.STOPPED).desired == Desired.STOPPED
    assert Session.objects.get(pk=stays.pk).reason == Reason.REQUESTED
    again.state(comes, State.CONNECTED)


def test_somebody_may_start_it_meanwhile(owner, start_owner, linked):
    session = linked(autostart=False)
    owner.state(session, State.CONNECTED)
    owner.stop()
    row = Session.objects.get(pk=session.pk)
    Session.objects.filter(pk=session.pk).update(generation=row.generation + 1)

    start_owner().state(session, State.CONNECTED)


@pytest.fixture
def left(workspace):
    """A session that was running under an owner that is gone."""

    def left(**fields) -> Session:
        defaults = {"autostart": False, "owner": "gone", "state_at": BEFORE}
        return factories.connected_session(workspace, **{**defaults, **fields})

    return left


@pytest.mark.parametrize(
    ("fields", "seen_at", "desired"),
    [
        ({}, BEFORE, Desired.STOPPED),
        ({}, None, Desired.STOPPED),
        ({"owner": ""}, None, Desired.STOPPED),
        ({"owner": "", "state_at": AFTER}, None, Desired.STARTED),  # handed over to a worker that ran already
        ({}, AFTER, Desired.STARTED),
        ({"autostart": True}, BEFORE, Desired.STARTED),
        ({"generation": 2}, BEFORE, Desired.STARTED),
        ({"state": State.LOGGED_OUT.value}, BEFORE, Desired.STARTED),
    ],
)
def test_it_depends_on_who_was_there_when_it_was_let_go(left, fields, seen_at, desired):
    session = left(**fields)
    Node.objects.create(name="gone", seen_at=seen_at)
    autostart.settle(session, born=NOW)

    assert session.desired == desired
    assert Session.objects.get(pk=session.pk).desired == desired


def test_a_start_in_the_last_moment_wins(left):
    session = left()
    Session.objects.filter(pk=session.pk).update(generation=2)
    autostart.settle(session, born=NOW)

    assert Session.objects.get(pk=session.pk).desired == Desired.STARTED


def test_nothing_is_stopped_by_a_mere_wake(owner, linked):
    session = linked(autostart=False)
    owner.state(session, State.CONNECTED)
    owner.supervisor.reconciler.wake()
    eventually(lambda: owner.live(session).state is State.CONNECTED, "the sweep")
    assert Session.objects.get(pk=session.pk).desired == Desired.STARTED
