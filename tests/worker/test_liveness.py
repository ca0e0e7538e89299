"""What the owner does about connections that end, hang or never come about, with the real engine."""

from dataclasses import replace

import pytest

from sessions_app import commands, qr
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from sessions_app.worker.timings import Timings
from tests import factories
from tests.worker.conftest import QUICK, eventually, in_shared_host
from whatsapp_api.events.models import Event, EventType


@pytest.fixture
def session(workspace, sandbox):
    return factories.session(workspace, desired=Desired.STARTED, generation=1)


@pytest.fixture
def link(start_owner, session, phone):
    """A linked session in a shared host, under an owner with these timings."""

    def link(timings: Timings = QUICK):
        owner = start_owner(timings=timings)
        owner.state(session, State.SCAN_QR)
        phone.scan(eventually(lambda: qr.current(session.pk) or False, "a QR code").payload)
        live = owner.live(session)
        eventually(lambda: in_shared_host(live) and not live.busy, "the move to a shared host")
        return owner

    return link


def states(session):
    events = Event.objects.filter(type=EventType.SESSION_STATUS, session_id=session.pk).order_by("sequence")
    return [(event.payload["state"], event.payload["reason"]) for event in events]


@pytest.mark.parametrize(
    ("fault", "state", "reason", "advice"),
    [
        ({"kind": "replaced"}, State.REPLACED, Reason.REPLACED, "Start the session to take over again"),
        ({"kind": "failure", "reason": 401}, State.LOGGED_OUT, Reason.DEVICE_REMOVED, "scan a new code"),
        ({"kind": "failure", "reason": 403}, State.LOGGED_OUT, Reason.ACCOUNT_LOCKED, "Check WhatsApp on the phone"),
        ({"kind": "failure", "reason": 405}, State.FAILED, Reason.CLIENT_OUTDATED, "Update the platform"),
        (
            {"kind": "failure", "reason": 402, "code": 101, "expire": 3600},
            State.BANNED,
            Reason.TEMPORARY_BAN,
            "Wait for the end of the ban before starting. (SEND_TO_TOO_MANY_PEOPLE)",
        ),
    ],
    ids=["replaced", "removed", "locked", "outdated", "banned"],
)
def test_what_only_a_person_can_mend_stays_down_and_says_what_to_do(
    link, linked, session, phone, sandbox, fault, state, reason, advice
):
    owner = link()
    sandbox.fault(account=phone.number, **fault)
    row = owner.state(session, state)
    assert row.reason == reason
    assert advice in row.explanation
    live = owner.live(session)
    eventually(lambda: live.slot is None and not live.busy, "the end of its engine")
    sandbox.clear_faults()
    swept = len(states(session))
    owner.state(linked("Found by the next sweep"), State.CONNECTED)
    assert len(states(session)) == swept
    Session.objects.filter(pk=session.pk).update(generation=2)
    commands.wake(session.pk)
    owner.state(session, State.SCAN_QR if state is State.LOGGED_OUT else State.CONNECTED)


def test_a_connection_that_breaks_comes_back_by_itself(link, session, phone, sandbox):
    owner = link()
    before = len(states(session))
    sandbox.fault("reset", account=phone.number)
    eventually(lambda: len(states(session)) >= before + 2, "down and up again")
    assert states(session)[before:][:1] == [("RECONNECTING", Reason.CONNECTION_LOST)]
    owner.state(session, State.CONNECTED)


def test_no_start_lasts_longer_than_its_deadline(link, session, phone, sandbox):
    """The server takes the connection and never answers the upgrade: only the end of the process helps."""
    patient = Timings(sweep=0.2, backoff_first=0.1, backoff_most=0.3, move_after=0.2, host_grace=0.3)
    owner = link(patient)
    pid = owner.host(session).pid
    owner.supervisor.reconciler._timings = replace(patient, starting=1.5)
    sandbox.fault("hang_upgrade", account=phone.number)
    sandbox.fault("hang_upgrade")
    Session.objects.filter(pk=session.pk).update(generation=2)
    commands.wake(session.pk)
    row = owner.state(session, State.RECONNECTING)
    assert row.reason == Reason.START_TIMEOUT
    assert "trying again by itself" in row.explanation
    sandbox.clear_faults()
    owner.supervisor.reconciler._timings = patient  # on a busy machine a process alone takes longer to start
    owner.state(session, State.CONNECTED)
    assert owner.host(session).pid != pid


def test_no_reconnection_lasts_longer_than_its_deadline(link, session, phone, sandbox):
    owner = link(
        Timings(sweep=0.2, backoff_first=0.1, backoff_most=0.3, move_after=0.2, reconnecting=1.0, host_grace=0.3)
    )
    live = owner.live(session)
    first = live.failures
    sandbox.fault("refuse")
    sandbox.fault("reset", account=phone.number)
    owner.state(session, State.RECONNECTING)
    eventually(lambda: live.failures > first + 1, "attempts of our own beside the library's")
    sandbox.clear_faults()
    owner.state(session, State.CONNECTED)


def test_credentials_that_are_nowhere_are_not_blamed_on_the_phone(start_owner, workspace, sandbox):
    session = factories.connected_session(
        workspace,
        "Lost",
        provider="sandbox",
        desired=Desired.STARTED,
        generation=1,
        state_generation=0,
        state=State.STOPPED.value,
        reason="",
    )
    row = start_owner().state(session, State.LOGGED_OUT)
    assert row.reason == Reason.CREDENTIALS_LOST
    assert "scan a new code" in row.explanation
