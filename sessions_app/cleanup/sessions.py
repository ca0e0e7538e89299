"""Stopping and removing sessions that nobody uses."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from sessions_app.hooks import activity
from sessions_app.models import Session
from sessions_app.services import session_retire

from .limits import Limits
from .rules import Step, Why, step, why

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Old:
    """A session that is too old, and what is to be done."""

    session: Session
    why: Why
    step: Step

    def __str__(self) -> str:
        return f"{self.step} session {self.session.pk} ({self.session.name}): {self.why}"


def sessions_old(limits: Limits) -> Iterator[Old]:
    """All that something is to be done about."""
    now = timezone.now()
    for session in Session.objects.filter(deleted_at=None).order_by("pk").iterator():
        found, todo = why(session, activity(session.pk), limits, now), step(session, limits)
        if found and todo:
            yield Old(session, found, todo)


def sessions_clean(limits: Limits) -> list[Old]:
    """Do it; a session that somebody touched meanwhile is left alone."""
    done = []
    for old in list(sessions_old(limits)):
        if session_retire(session=old.session, remove=old.step is Step.REMOVE):
            logger.warning("Clean-up: %s session %s: %s", old.step, old.session.pk, old.why)
            done.append(old)
    return done
