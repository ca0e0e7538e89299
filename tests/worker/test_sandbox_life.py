"""The session owner with the real engine against the sandbox: linking, moving house, messages both ways."""

import pytest

from messaging.models import Message, MessageState
from sessions_app import commands, qr
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from tests import factories
from tests.worker.conftest import eventually
from whatsapp_api.events.models import Event, EventType


@pytest.fixture
def session(workspace, sandbox):
    return factories.session(workspace, desired=Desired.STARTED, generation=1)


@pytest.fixture
def linked(owner, session, phone):
    owner.state(session, State.SCAN_QR)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    return owner.state(session, State.CONNECTED)


def shared(owner, session):
    slot = owner.live(session).slot
    return slot is not None and not slot.alone and owner.live(session).state is State.CONNECTED


def states():
    events = Event.objects.filter(type=EventType.SESSION_STATUS).order_by("sequence")
    return [event.payload["state"] for event in events]


def test_a_scan_links_the_session_and_the_code_is_forgotten(linked, session, phone):
    row = Session.objects.get(pk=session.pk)
    assert (row.jid, row.lid, row.phone) == (f"{phone.number}@s.whatsapp.net", phone.info()["lid"], f"+{phone.number}")
    assert qr.current(session.pk) is None
    assert not Event.objects.filter(type=EventType.SESSION_QR).exists()


def test_a_new_account_moves_to_a_shared_host_and_people_do_not_notice(owner, linked, session, friend):
    row = factories.message(
        session,
        direction="out",
        state=MessageState.QUEUED,
        from_me=True,
        chat=f"{friend.number}@s.whatsapp.net",
        text="While moving",
    )
    eventually(lambda: shared(owner, session), "the move")
    friend.wait_message(text="While moving")
    eventually(lambda: Message.objects.get(pk=row.pk).state == MessageState.DELIVERED, "the receipt")
    assert states()[-1] == "CONNECTED"
    assert states().count("CONNECTED") == 1
    assert len(owner.supervisor.pool.all()) == 1


def test_messages_go_both_ways(owner, linked, session, phone, friend):
    eventually(lambda: shared(owner, session), "the move")
    friend.send(phone.number, text="Hello from a friend")
    received = eventually(lambda: Message.objects.filter(session=session, direction="in").first(), "the message")
    assert (received.text, received.chat) == ("Hello from a friend", f"{friend.number}@s.whatsapp.net")
    answer = commands.call(session.pk, "is_on_whatsapp", {"phones": [friend.number]}, timeout=20)
    assert answer


def test_a_removed_device_ends_in_logged_out_and_fails_what_waits(owner, linked, session, phone, friend):
    # The end of a move lets sends go again: hold them only after that.
    eventually(lambda: shared(owner, session) and not owner.live(session).held, "the move")
    owner.live(session).held = True
    waiting = factories.message(session, direction="out", state=MessageState.QUEUED, from_me=True)
    [device] = phone.devices()
    phone.remove_device(device["device"])
    row = owner.state(session, State.LOGGED_OUT)
    assert (row.reason, row.jid) == (Reason.DEVICE_REMOVED, "")
    eventually(lambda: Message.objects.get(pk=waiting.pk).state == MessageState.FAILED, "the failure")
    assert Message.objects.get(pk=waiting.pk).error_code == "session_logged_out"
    eventually(lambda: owner.live(session).slot is None, "the end of its engine")


def test_a_stop_during_pairing_ends_the_process(owner, session):
    owner.state(session, State.SCAN_QR)
    Session.objects.filter(pk=session.pk).update(desired=Desired.STOPPED)
    commands.wake(session.pk)
    owner.state(session, State.STOPPED)
    eventually(lambda: owner.supervisor.pool.all() == [], "no host left")
    assert qr.current(session.pk) is None


def test_a_linked_session_comes_back_with_the_next_worker(start_owner, linked, owner, session, phone):
    owner.stop()
    assert Session.objects.get(pk=session.pk).reason == Reason.WORKER_LOST
    start_owner().state(session, State.CONNECTED)
    assert len(phone.devices()) == 1


def test_an_unreachable_sandbox_is_tried_again_until_it_answers(settings, start_owner, session, sandbox):
    url, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    owner = start_owner()
    row = owner.state(session, State.RECONNECTING)
    assert "does not answer" in row.explanation
    settings.SANDBOX_URL = url
    owner.state(session, State.SCAN_QR)
