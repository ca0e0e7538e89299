"""What a dead worker left on this machine, of sessions that went on elsewhere."""

import pytest

from messaging.models import Message, MessageState
from sessions_app.cluster.life_file import LifeFile
from sessions_app.engine.base import MessageReceived, Person, SendFinished
from sessions_app.engine.spool import Spool
from sessions_app.engine.states import State
from sessions_app.engine.store import StoreLock, prepare
from sessions_app.models import Session
from sessions_app.worker.left_spools import LeftSpools
from sessions_app.worker.live import Live, Registry
from tests import factories
from tests.worker.conftest import store_of


@pytest.fixture
def session(workspace):
    return factories.connected_session(workspace, owner="elsewhere", epoch=5)


@pytest.fixture
def store(session, sessions_dir):
    return prepare(store_of(sessions_dir, session))


@pytest.fixture
def left():
    return LeftSpools(node="here", registry=Registry())


def spooled(store, *events):
    spool = Spool(store)
    for event in events:
        spool.append(event)
    spool.close()


def received(session, wa_id="M1"):
    person = Person(jid="34600111222@s.whatsapp.net")
    return MessageReceived(
        session=str(session.pk), wa_id=wa_id, chat=person, sender=person, from_me=False, timestamp=2.0, kind="text"
    )


def test_messages_and_outcomes_are_stored_and_the_session_is_left_alone(session, store, left, queue):
    message = queue(session, state=MessageState.UNCONFIRMED, claim="gone:1")
    outcome = SendFinished(session=str(session.pk), ref=f"{message.pk}/gone:1", wa_id="WA1", timestamp=1.0)
    spooled(store, outcome, received(session))
    before = Session.objects.values().get(pk=session.pk)
    assert left.look() == 2
    assert Message.objects.get(pk=message.pk).state == MessageState.SENT
    assert Message.objects.filter(wa_id="M1").count() == 1
    assert Session.objects.values().get(pk=session.pk) == before
    assert left.look() == 0
    assert Spool.leftovers(store) == []


def test_what_was_stored_before_is_not_stored_again(session, store, left):
    spooled(store, received(session))
    left.look()
    spooled(store, received(session))
    left.look()
    assert Message.objects.filter(wa_id="M1").count() == 1


@pytest.mark.parametrize("owner", ["", "here"])
def test_spools_of_our_own_and_of_nobody_wait_for_their_owner(session, store, left, owner):
    Session.objects.update(owner=owner)
    spooled(store, received(session))
    assert left.look() == 0
    assert len(Spool.leftovers(store)) == 1


def test_the_owner_on_this_machine_finds_the_spool_by_itself(session, store, left, sessions_dir):
    life = LifeFile(sessions_dir / ".nodes", "elsewhere")
    life.hold()
    spooled(store, received(session))
    assert left.look() == 0
    life.drop()


def test_a_session_that_runs_here_is_left_alone(session, store):
    registry = Registry()
    registry.add(Live(row=session, state=State.CONNECTED, generation=1))
    spooled(store, received(session))
    assert LeftSpools(node="here", registry=registry).look() == 0


def test_a_store_in_use_is_left_alone(session, store, left):
    spooled(store, received(session))
    with StoreLock(store):
        assert left.look() == 0
    assert left.look() == 1
