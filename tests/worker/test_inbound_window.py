"""Messages that arrive while a session changes hosts or loses its worker: WhatsApp believes them delivered."""

import threading
from collections import Counter

import pytest

from messaging.models import Message
from sessions_app import commands, qr
from sessions_app.engine.states import State
from sessions_app.models import Desired, Session
from tests import factories
from tests.frozen import frozen
from tests.worker.conftest import eventually, in_shared_host

COUNT = 150


@pytest.fixture
def session(workspace, sandbox):
    return factories.session(workspace, desired=Desired.STARTED, generation=1)


@pytest.fixture
def linked(owner, session, phone):
    owner.state(session, State.SCAN_QR)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    owner.state(session, State.CONNECTED)
    eventually(lambda: in_shared_host(owner.live(session)), "the move to a shared host")


class Burst:
    """Messages to the session's phone as fast as the sandbox takes them."""

    def __init__(self, friend, phone):
        self.sent = 0
        self._friend, self._phone = friend, phone
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        for number in range(COUNT):
            self._friend.send(self._phone.number, text=f"burst {number}")
            self.sent += 1

    def __enter__(self):
        self._thread.start()
        eventually(lambda: self.sent > COUNT // 4, "some messages")
        return self

    def __exit__(self, *_):
        self._thread.join()


def all_are_stored(session):
    texts = Counter(Message.objects.filter(session=session, direction="in").values_list("text", flat=True))
    return texts == Counter(f"burst {number}" for number in range(COUNT))


def restart(session, owner, start_owner):
    Session.objects.filter(pk=session.pk).update(generation=2)
    commands.wake(session.pk)


def replace_the_worker(session, owner, start_owner):
    owner.stop()
    start_owner()


def orphan_the_hosts(session, owner, start_owner):
    """What a host sees of a worker that was killed: the end of its connection."""
    owner.host(session)._channel.close()


@pytest.mark.parametrize("disturbance", [restart, replace_the_worker, orphan_the_hosts])
def test_no_message_is_lost_in_between(owner, start_owner, linked, session, phone, friend, disturbance):
    with Burst(friend, phone):
        disturbance(session, owner, start_owner)
    eventually(lambda: all_are_stored(session), "every message, once")


def test_no_message_is_lost_in_the_move_to_a_shared_host(owner, session, phone, friend):
    owner.state(session, State.SCAN_QR)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    owner.state(session, State.CONNECTED)
    with Burst(friend, phone):
        eventually(lambda: in_shared_host(owner.live(session)), "the move")
    eventually(lambda: all_are_stored(session), "every message, once")


def test_what_the_library_had_buffered_survives_the_end_of_the_worker(owner, linked, session, phone, friend):
    host = owner.host(session)
    with frozen(host.pid):
        for number in range(COUNT):
            friend.send(phone.number, text=f"burst {number}")
        host._channel.close()
    eventually(lambda: all_are_stored(session), "every message, once")
