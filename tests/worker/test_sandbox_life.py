"""The session owner with the real engine against the sandbox: linking, moving house, messages both ways."""

import os
import signal
from dataclasses import replace

import pytest

from messaging.models import Message, MessageState
from sessions_app import commands, qr
from sessions_app.engine.states import REASON_TEXT, Reason, State
from sessions_app.models import Desired, Session
from tests import factories
from tests.worker.conftest import QUICK, eventually, in_shared_host
from whatsapp_api.events.models import Event, EventType


@pytest.fixture
def session(workspace, sandbox):
    return factories.session(workspace, desired=Desired.STARTED, generation=1)


@pytest.fixture
def linked(owner, session, phone):
    owner.state(session, State.SCAN_QR)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    return owner.state(session, State.CONNECTED)


def states():
    events = Event.objects.filter(type=EventType.SESSION_STATUS).order_by("sequence")
    return [event.payload["state"] for event in events]


def test_a_scan_links_the_session_and_the_code_is_forgotten(linked, session, phone):
    row = Session.objects.get(pk=session.pk)
    assert (row.jid, row.lid, row.phone) == (f"{phone.number}@s.whatsapp.net", phone.info()["lid"], f"+{phone.number}")
    eventually(lambda: qr.current(session.pk) is None, "the code is forgotten")
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
    eventually(lambda: in_shared_host(owner.live(session)), "the move")
    friend.wait_message(text="While moving")
    eventually(lambda: Message.objects.get(pk=row.pk).state == MessageState.DELIVERED, "the receipt")
    assert states()[-1] == "CONNECTED"
    assert states().count("CONNECTED") == 1
    eventually(lambda: len(owner.supervisor.pool.all()) == 1, "the end of the first host")


def test_messages_go_both_ways(owner, linked, session, phone, friend):
    eventually(lambda: in_shared_host(owner.live(session)), "the move")
    friend.send(phone.number, text="Hello from a friend")
    received = eventually(lambda: Message.objects.filter(session=session, direction="in").first(), "the message")
    assert (received.text, received.chat) == ("Hello from a friend", f"{friend.number}@s.whatsapp.net")
    answer = commands.call(session.pk, "is_on_whatsapp", {"phones": [friend.number]}, timeout=60)
    assert answer


def test_a_removed_device_ends_in_logged_out_and_fails_what_waits(owner, linked, session, phone, friend):
    # The end of a move lets sends go again, and looks for one: hold them only after that.
    live = owner.live(session)
    eventually(lambda: in_shared_host(live) and not live.held, "the move")
    assert owner.supervisor.pump.hold(live, wait=60)
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
    eventually(lambda: qr.current(session.pk) is None, "the code is forgotten")


def test_a_linked_session_comes_back_with_the_next_worker(start_owner, linked, owner, session, phone):
    owner.stop()
    assert Session.objects.get(pk=session.pk).reason == Reason.WORKER_LOST
    start_owner().state(session, State.CONNECTED)
    assert len(phone.devices()) == 1


def test_a_worker_that_stops_in_the_middle_of_a_move_says_that_it_is_gone(start_owner, session, phone, settings):
    """The host that the session moves to does not answer, so the stop comes before the end of the move."""
    settings.SESSION_SPARE_HOSTS = 1
    owner = start_owner(timings=replace(QUICK, stats_within=300))  # it is not to be found wedged before the stop
    owner.state(session, State.SCAN_QR)
    spare = eventually(lambda: next((slot.up for slot in owner.supervisor.pool.all() if slot.spare), None), "a spare")
    os.kill(spare.pid, signal.SIGSTOP)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    eventually(lambda: (slot := owner.live(session).slot) and slot.up is spare, "the move")
    owner.stop()
    row = Session.objects.get(pk=session.pk)
    assert (row.state, row.reason, row.explanation) == (
        State.RECONNECTING,
        Reason.WORKER_LOST,
        REASON_TEXT[Reason.WORKER_LOST],
    )


def test_an_unreachable_sandbox_is_tried_again_until_it_answers(settings, start_owner, session, sandbox):
    url, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    owner = start_owner()
    row = owner.state(session, State.RECONNECTING)
    assert "does not answer" in row.explanation
    settings.SANDBOX_URL = url
    owner.state(session, State.SCAN_QR)
