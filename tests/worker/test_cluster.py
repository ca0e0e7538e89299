"""Several session owners in one process, over real hosts: who carries what, and who must let go."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import OperationalError

from messaging.models import Message, MessageState
from sessions_app.cluster import member, placement
from sessions_app.cluster.lease import Witness
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Node, Session
from sessions_app.worker import pump
from sessions_app.worker.incarnations import Incarnations
from sessions_app.worker.timings import Timings
from tests.worker.conftest import QUICK, Owner, eventually
from whatsapp_api.events.models import Event, EventType

EAGER = Timings(settle=0, sweep=0.2, backoff_first=0.05, backoff_most=0.2, host_grace=0.5, give_back=0.3)
SETTLING = Timings(settle=1, sweep=0.2, backoff_first=0.05, host_grace=0.5)


@pytest.fixture
def short_lease(settings: Any, sessions_dir: Path) -> None:
    """Its end is waited for; whoever is to survive it may be held up for half of it."""
    settings.SESSION_LEASE_SECONDS = 12


def owners() -> Counter[str]:
    return Counter(Session.objects.filter(state=State.CONNECTED.value).values_list("owner", flat=True))


def know_each_other(*owners: Owner) -> None:
    """By their beats, and when they next look for sessions to take."""
    for owner in owners:
        owner.supervisor.member.look()
    views = [view for owner in owners for view in (owner.supervisor.member, owner.supervisor.placing)]
    eventually(lambda: all(len(view.peers) == len(owners) for view in views), "acquaintance")


def lose(owner: Any, *witnesses: str) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("away")

    def gone(*_: Any, **__: Any) -> Any:
        raise redis.ConnectionError("away")

    for witness in witnesses:
        getattr(owner.member, f"_{witness}").beat = away if witness == "database" else gone


def test_owners_that_start_together_share(start_owner, linked):
    first, second = start_owner(timings=SETTLING), start_owner(timings=SETTLING)
    for number in range(6):
        linked(f"Session {number}")
    eventually(lambda: sum(owners().values()) == 6, "all connected")
    eventually(lambda: sorted(owners().values()) == [3, 3], "an equal share each")
    assert set(owners()) == {first.supervisor.node, second.supervisor.node}


def test_a_new_session_goes_to_the_least_loaded(start_owner, linked):
    first = start_owner()
    busy = [linked(f"Session {number}") for number in range(3)]
    for session in busy:
        first.state(session, State.CONNECTED)
    second = start_owner()
    know_each_other(first, second)
    assert second.state(linked("New"), State.CONNECTED).owner == second.supervisor.node


def test_a_full_worker_takes_no_more(settings, start_owner, linked, caplog):
    settings.SESSION_WORKER_CAPACITY = 2
    start_owner()
    for number in range(3):
        linked(f"Session {number}")
    eventually(lambda: sum(owners().values()) == 2, "two connected")
    eventually(lambda: "No worker has room" in caplog.text, "the complaint")
    time.sleep(0.5)
    assert Session.objects.filter(owner="").count() == 1
    start_owner()
    eventually(lambda: sum(owners().values()) == 3, "all connected")


def test_one_that_joins_is_given_its_share_one_by_one(start_owner, linked, monkeypatch):
    monkeypatch.setattr(placement, "STEP", 300)  # who gives must not take back when the other is held up
    first = start_owner(timings=EAGER)
    sessions = [linked(f"Session {number}") for number in range(6)]
    for session in sessions:
        first.state(session, State.CONNECTED)
    start_owner(timings=EAGER)
    eventually(lambda: sorted(owners().values()) == [3, 3], "an even share")
    time.sleep(0.5)
    assert sorted(owners().values()) == [3, 3], "and then rest"
    moved = Event.objects.filter(type=EventType.SESSION_STATUS, payload__reason=Reason.MOVED.value)
    assert moved.count() == 3, "no more than needed"


def test_one_that_stops_hands_over_after_the_message_under_way(start_owner, linked, queue, settled, gate):
    first = start_owner(timings=replace(QUICK, stop_flight=120, hand_over=120))
    session = linked()
    first.state(session, State.CONNECTED)
    second = start_owner()
    know_each_other(first, second)
    under_way = queue(session, content=gate.content)
    settled(under_way, MessageState.SENDING)
    after = queue(session)
    live = first.live(session)
    with first.stopping():
        eventually(lambda: live.held, "the hand-over")
        gate.open()
    assert settled(under_way, MessageState.SENT).claim.startswith(first.supervisor.node)
    assert settled(after, MessageState.SENT).claim.startswith(second.supervisor.node)
    row = second.state(session, State.CONNECTED)
    assert (row.owner, row.epoch) == (second.supervisor.node, 2)
    assert not Message.objects.filter(state=MessageState.UNCONFIRMED).exists()
    assert Node.objects.get(name=first.supervisor.node).cause == "stopped"


def test_without_both_witnesses_everything_stops_and_another_takes_over(start_owner, linked, short_lease, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(member, "MARGIN", 0.35)  # who has to notice may be held up as well
        first = start_owner()
    session = linked()
    first.state(session, State.CONNECTED)
    second = start_owner()
    know_each_other(first, second)
    host = first.host(session)
    lose(first.supervisor, "database", "redis")
    eventually(first.supervisor.fenced.is_set, "the fence")
    assert Session.objects.get(pk=session.pk).owner == first.supervisor.node, "it is not free yet"
    assert host.wait_gone(60)
    eventually(lambda: Session.objects.get(pk=session.pk).owner == second.supervisor.node, "the takeover")
    second.state(session, State.CONNECTED)


@pytest.mark.parametrize("witness", ["database", "redis"])
def test_with_one_witness_everything_goes_on(start_owner, linked, witness, short_lease):
    first = start_owner()
    session = linked()
    first.state(session, State.CONNECTED)
    second = start_owner()
    know_each_other(first, second)
    lose(first.supervisor, witness)
    lease = first.supervisor.member.lease
    eventually(lambda: lease.left(Witness(witness)) < -lease.margin, "a lease since its last beat there")
    row = Session.objects.get(pk=session.pk)
    assert (row.owner, row.epoch, row.state) == (first.supervisor.node, 1, State.CONNECTED)


def test_a_worker_whose_lease_ran_out_comes_back_under_a_new_name(workspace, linked, short_lease):
    worker = Incarnations(timings=QUICK)
    worker.start()
    try:
        session = linked()
        first = connected(session)
        before = worker.current
        lose(before, "database", "redis")
        eventually(lambda: worker.current is not before, "a new incarnation")
        eventually(lambda: connected(session).owner not in ("", first.owner), "the session is back")
        assert Node.objects.get(name=first.owner).cause == "fenced"
    finally:
        worker.stop()
    assert Session.objects.get(pk=session.pk).owner == ""


def test_a_message_that_a_frozen_owner_claimed_late_is_not_stuck(start_owner, linked, queue, settled, monkeypatch):
    monkeypatch.setattr(pump, "STRAYS_EVERY", 0.2)
    owner = start_owner()
    session = linked()
    owner.state(session, State.CONNECTED)
    stray = queue(session, state=MessageState.SENDING, claim="ghost:1")
    settled(stray, MessageState.UNCONFIRMED)
    settled(queue(session), MessageState.SENT)


def connected(session: Session) -> Session:
    def reached() -> Session | None:
        row = Session.objects.get(pk=session.pk)
        return row if row.state == State.CONNECTED else None

    return eventually(reached, "connected")


def test_a_worker_starts_as_soon_as_the_database_is_there(start_owner, linked, monkeypatch):
    real: Callable[..., Any] = Node.objects.create
    away = [True]

    def create(**fields: Any) -> Node:
        if away[0]:
            raise OperationalError("away")
        node: Node = real(**fields)
        return node

    monkeypatch.setattr(Node.objects, "create", create)
    owner = start_owner()
    session = linked()
    time.sleep(0.7)
    assert Session.objects.get(pk=session.pk).desired == Desired.STARTED
    away[0] = False
    owner.state(session, State.CONNECTED)
