"""What is to be done, from what is wanted and what is."""

import time
from functools import partial

import pytest
from django.utils import timezone

from sessions_app.engine.base import RestartNeeded
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from sessions_app.worker.decide import Action, decide, needs_owner
from sessions_app.worker.hosts import Slot
from sessions_app.worker.live import Live
from sessions_app.worker.timings import Timings

TIMINGS = Timings()
LATER = time.monotonic() + 3600


def row(**fields):
    return Session(**{"desired": Desired.STARTED, "generation": 1, **fields})


def live(state=State.CONNECTED, *, runs=True, alone=False, age=0.0, **fields):
    slot = Slot("fake", alone=alone) if runs else None
    since = time.monotonic() - age
    defaults = {"row": row(), "generation": 1, "recovered": True}
    return Live(state=state, slot=slot, since=since, **{**defaults, **fields})


RESTART = RestartNeeded(session="1", scope="session", reason=Reason.CONNECTION_LOST)


@pytest.mark.parametrize(
    ("wanted", "is_", "action"),
    [
        (row(), partial(live), None),
        (row(), partial(live, busy=True, runs=False), None),
        (row(), partial(live, recovered=False, runs=False), Action.RECOVER),
        (row(generation=2), partial(live), Action.RESTART),
        (row(), partial(live, restart=RESTART), Action.RESTART),
        (row(), partial(live, overflowed=True), Action.RESTART),
        (row(), partial(live, State.STARTING, age=61), Action.RESTART),
        (row(), partial(live, State.STARTING, age=30), None),
        (row(), partial(live, State.RECONNECTING, age=200), None),
        (row(), partial(live, State.RECONNECTING, age=301), Action.RESTART),
        (row(), partial(live, State.SCAN_QR, age=200), None),
        (row(), partial(live, State.SCAN_QR, age=241), Action.EXPIRE),
        (row(), partial(live, State.LOGGED_OUT), Action.RETIRE),
        (row(), partial(live, State.FAILED, runs=False), None),
        (row(generation=2), partial(live, State.FAILED, runs=False), Action.START),
        (row(), partial(live, State.RECONNECTING, runs=False), Action.START),
        (row(), partial(live, State.RECONNECTING, runs=False, not_before=LATER), None),
        (
            row(generation=2),
            partial(live, State.RECONNECTING, runs=False, not_before=LATER),
            Action.START,
        ),
        (row(), partial(live, alone=True, age=61), Action.MOVE),
        (row(), partial(live, alone=True, age=10), None),
        (row(), partial(live, State.DEGRADED, alone=True, age=61), None),
        (row(desired=Desired.STOPPED), partial(live), Action.STOP),
        (row(desired=Desired.STOPPED), partial(live, State.RECONNECTING, runs=False), Action.STOP),
        (row(desired=Desired.STOPPED), partial(live, State.STOPPED, runs=False), None),
        (row(logout_requested=True), partial(live), Action.LOGOUT),
        (row(logout_requested=True, deleted_at=timezone.now()), partial(live), Action.DELETE),
    ],
)
def test_the_next_step(wanted, is_, action):
    assert decide(wanted, is_(), TIMINGS) is action


def test_a_dead_host_comes_before_everything():
    dead = live()
    dead.slot.dead = True
    assert decide(row(deleted_at=timezone.now()), dead, TIMINGS) is Action.BURY


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"state": "STOPPED", "state_generation": 1}, False),
        ({"state": "STOPPED", "state_generation": 0}, True),
        ({"state": "CONNECTED", "state_generation": 1}, True),
        ({"state": "FAILED", "state_generation": 1}, False),
        ({"state": "STOPPED", "desired": Desired.STOPPED}, False),
        ({"state": "RECONNECTING", "desired": Desired.STOPPED}, True),
        ({"state": "STOPPED", "desired": Desired.STOPPED, "logout_requested": True}, True),
        ({"state": "STOPPED", "desired": Desired.STOPPED, "deleted_at": timezone.now()}, True),
    ],
)
def test_sessions_that_somebody_has_to_take(fields, needed):
    assert needs_owner(row(**fields)) is needed


def test_backoff_grows_is_capped_and_is_forgotten():
    flapping = live(State.RECONNECTING)
    least, most = [], []
    for _ in range(10):
        began = time.monotonic()
        flapping.back_off(first=1, most=60, forget=60)
        most.append(flapping.not_before - began)
        least.append(flapping.not_before - time.monotonic())
    assert least[0] <= 1
    assert most[-1] >= 30
    assert least[-1] <= 60
    steady = live(State.CONNECTED, age=100, failures=10)
    steady.back_off(first=1, most=60, forget=60)
    assert steady.not_before - time.monotonic() <= 1
