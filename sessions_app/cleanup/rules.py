"""Which sessions are too old, and what happens to them. Pure functions."""

from datetime import datetime
from enum import StrEnum

from sessions_app.engine.states import State
from sessions_app.hooks import Activity
from sessions_app.models import Session
from sessions_app.services import is_under_way

from .limits import Limits


class Why(StrEnum):
    UNPAIRED = "never linked to an account"
    LOGGED_OUT = "not linked to an account any more"
    IDLE = "no message for long"


class Step(StrEnum):
    STOP = "stop"
    REMOVE = "remove"


def why(session: Session, activity: Activity, limits: Limits, now: datetime) -> Why | None:
    """Why it is too old, or None.

    Who was linked once and has messages is not treated as never linked: somebody may want them.
    """
    if session.is_paired:
        reason, limit = Why.IDLE, limits.idle
        last = _latest(session.created_at, session.paired_at, session.last_inbound_at, activity.last_at)
    else:
        was_linked = session.state == State.LOGGED_OUT or activity.last_at is not None
        reason, limit = (Why.LOGGED_OUT, limits.logged_out) if was_linked else (Why.UNPAIRED, limits.unpaired)
        last = _latest(session.created_at, session.state_at)
    return reason if limit is not None and now - last > limit else None


def step(session: Session, limits: Limits) -> Step | None:
    """What to do with one that is too old; None when it rests already and may stay."""
    if limits.remove:
        return Step.REMOVE
    return Step.STOP if is_under_way(session) else None


def _latest(*moments: datetime | None) -> datetime:
    return max(moment for moment in moments if moment is not None)
