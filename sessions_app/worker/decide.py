"""What to do about one session now: a pure function of what people want and what is."""

import time
from enum import Enum, auto

from sessions_app.engine.states import FINAL_STATES, PAIRING_STATES, State
from sessions_app.models import Desired, Session

from .live import Live
from .timings import Timings


class Action(Enum):
    RECOVER = auto()  # store what a dead owner left behind
    BURY = auto()  # the host is gone: the same for its sessions
    START = auto()
    RESTART = auto()
    STOP = auto()
    RETIRE = auto()  # the engine reached a final state: take it out of its host
    EXPIRE = auto()  # pairing that never ends
    MOVE = auto()  # to another host: from the pairing host to a shared one, or out of a worn one
    LOGOUT = auto()
    DELETE = auto()
    HAND_OVER = auto()  # to another worker


def needs_owner(row: Session) -> bool:
    """Is there anything to do about a session that nobody owns?"""
    if row.deleted_at or row.logout_requested:
        return True
    if row.desired == Desired.STOPPED:
        return not row.is_final
    return row.generation > row.state_generation or not row.is_final


def decide(row: Session, live: Live, timings: Timings) -> Action | None:
    """The next step, or None. `row` says what is wanted, `live` what is."""
    if live.busy or time.monotonic() < live.pause_until:
        return None
    if live.slot is not None and live.slot.dead:
        return Action.BURY
    if not live.recovered:
        return Action.RECOVER
    if row.deleted_at:
        return Action.DELETE
    if row.logout_requested:
        return Action.LOGOUT
    if row.desired == Desired.STOPPED:
        resting = live.slot is None and live.state in FINAL_STATES
        return None if resting else Action.STOP
    return _running(row, live, timings) if live.slot is not None else _waiting(row, live)


def _waiting(row: Session, live: Live) -> Action | None:
    """It ought to run and does not. A new start counts at once, our own attempts wait their backoff."""
    if row.generation > live.generation:
        return Action.START
    if live.state in FINAL_STATES or time.monotonic() < live.not_before:
        return None
    return Action.START


def _running(row: Session, live: Live, timings: Timings) -> Action | None:
    if row.generation > live.generation:
        return Action.RESTART
    if live.state in FINAL_STATES:
        return Action.RETIRE
    age = time.monotonic() - live.since
    if live.state in PAIRING_STATES and age > timings.pairing:
        return Action.EXPIRE
    if live.restart is not None or _overdue(live, age, timings):
        return Action.RESTART
    if live.overflowed:
        return Action.RESTART
    return Action.MOVE if live.state is State.CONNECTED and _ought_to_move(live, age, timings) else None


def _ought_to_move(live: Live, age: float, timings: Timings) -> bool:
    """Out of a host that is worn out, or from one of its own to a shared one."""
    if live.slot is None:
        return False
    if live.slot.worn:
        return live.slot.turn == live.id
    if not live.slot.alone or live.suspicion.guilty():
        return False
    return age > (timings.proof if live.suspicion.apart() else timings.move_after)


def _overdue(live: Live, age: float, timings: Timings) -> bool:
    limits = {State.STARTING: timings.starting, State.RECONNECTING: timings.reconnecting}
    return age > limits.get(live.state, age)
