"""Asking WhatsApp whether it knows the numbers whose turn comes next, a little ahead of the messages and no faster.

Whoever asks about thousands of strangers at once gets restricted, so a session asks in small batches, with pauses,
about nobody whom any session of the broadcast asked about lately, and only as far ahead as it will soon send.
"""

import logging
import random
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.broadcasts.holding import blocked, pacer_of
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastState, Pacer, RecipientState
from messaging.models import NumberCheck
from messaging.people.checks import numbers_check
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError

from .claiming import hold_running

logger = logging.getLogger(__name__)

AHEAD = 25  # recipients of a session whose numbers are known before their turn
PAUSE = (4.0, 8.0)  # seconds between two questions of a session
PAUSE_AFTER_FAILURE = timedelta(minutes=1)
UNKNOWN = "not_on_whatsapp"


def numbers_due(broadcast: Broadcast, session: Session, now: datetime) -> bool:
    """Is it time to ask? Claims the turn: the caller starts the task, and nobody else does."""
    if not broadcast.options.get("number_check"):
        return False
    pacer = pacer_of(session.pk)
    if blocked(session, pacer, now)[0] or (pacer.check_at and pacer.check_at > now):
        return False
    coming = list(_next(broadcast, session, now).values_list("checked", flat=True))
    if all(coming) or (coming[0] and coming.count(False) < AHEAD // 2):
        return False
    free = Q(check_at=None) | Q(check_at__lte=now)
    pause = timedelta(seconds=random.uniform(*PAUSE))  # noqa: S311 keeps no secret
    return bool(Pacer.objects.filter(free, pk=pacer.pk).update(check_at=now + pause))


def numbers_look(broadcast_id: uuid.UUID, session_id: uuid.UUID) -> int:
    """How many of the next recipients were settled, one way or the other."""
    broadcast = Broadcast.objects.filter(pk=broadcast_id, state=BroadcastState.RUNNING).first()
    session = Session.objects.filter(pk=session_id, deleted_at=None).first()
    if broadcast is None or session is None:
        return 0
    rows = [row for row in _next(broadcast, session, timezone.now()) if not row.checked]
    phones = {row.jid: row.jid.partition("@")[0] for row in rows}
    answers = _known(broadcast, list(phones.values()))
    try:
        if missing := [phone for phone in phones.values() if phone not in answers]:
            found = numbers_check(session=session, phones=missing)
            # Whoever it said nothing of is written to: the send will tell.
            answers |= dict.fromkeys(missing, True)
            answers |= {answer["phone"].lstrip("+"): answer["exists"] for answer in found}
    except ApiError as error:
        logger.warning("Session %s could not check numbers: %s", session_id, error.code)
        Pacer.objects.filter(session_id=session_id).update(check_at=timezone.now() + PAUSE_AFTER_FAILURE)
    return _settle(broadcast, rows, answers)


@retry_conflicts
def _settle(broadcast: Broadcast, rows: list[BroadcastRecipient], answers: dict[str, bool]) -> int:
    known = [row.pk for row in rows if answers.get(row.jid.partition("@")[0]) is True]
    absent = [row.pk for row in rows if answers.get(row.jid.partition("@")[0]) is False]
    with atomic():
        if not hold_running(broadcast):
            return 0
        pending = BroadcastRecipient.objects.filter(broadcast=broadcast, state=RecipientState.PENDING)
        count = pending.filter(pk__in=known).update(checked=True)
        gone = {"state": RecipientState.SKIPPED, "reason": UNKNOWN, "changed_at": timezone.now(), "checked": True}
        return count + pending.filter(pk__in=absent).update(**gone)


def _next(broadcast: Broadcast, session: Session, now: datetime) -> QuerySet[BroadcastRecipient]:
    """In the order in which they will be fed."""
    rows = BroadcastRecipient.objects.filter(
        broadcast=broadcast, session=session, state=RecipientState.PENDING, due_at__lte=now
    )
    return rows.order_by("due_at", "id")[:AHEAD]


def _known(broadcast: Broadcast, phones: list[str]) -> dict[str, bool]:
    """What any session of the broadcast was told lately; whether a number exists does not depend on who asks."""
    since = timezone.now() - timedelta(hours=settings.NUMBER_CHECK_HOURS)
    sessions = [uuid.UUID(text) for text in broadcast.session_ids]
    rows = NumberCheck.objects.filter(session_id__in=sessions, phone__in=phones, checked_at__gt=since)
    return dict(rows.order_by("checked_at").values_list("phone", "exists"))
