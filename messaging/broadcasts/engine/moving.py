"""Recipients whose session cannot send: they wait for it, or move to another where the operator allowed that."""

from collections.abc import Sequence
from itertools import cycle

from django.db.models import QuerySet
from django.utils import timezone

from messaging.broadcasts.holding import blocked, pacer_of
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, RecipientState
from sessions_app.models import Session

PAGE = 200


def orphans_move(broadcast: Broadcast, sessions: Sequence[Session]) -> int:
    """Those whose session was deleted; what it had in its outbox is gone with it."""
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast, session=None)
    gone = rows.filter(state=RecipientState.QUEUED)
    gone.update(state=RecipientState.FAILED, reason="session_deleted", changed_at=timezone.now())
    return _move(rows, sessions)


def shares_move(broadcast: Broadcast, sessions: Sequence[Session]) -> int:
    """Only with the option `failover`: from sessions that cannot send to those that can."""
    if not broadcast.options.get("failover") or len(sessions) < 2:
        return 0
    now = timezone.now()
    stuck = [session for session in sessions if blocked(session, pacer_of(session.pk), now)[0]]
    able = [session for session in sessions if session not in stuck]
    if not stuck or not able:
        return 0
    return sum(
        _move(BroadcastRecipient.objects.filter(broadcast=broadcast, session=session), able) for session in stuck
    )


def _move(rows: QuerySet[BroadcastRecipient], sessions: Sequence[Session]) -> int:
    ids = list(rows.filter(state=RecipientState.PENDING).order_by("id").values_list("pk", flat=True)[:PAGE])
    moved = 0
    for number, session in zip(range(min(len(ids), len(sessions))), cycle(sessions), strict=False):
        part = ids[number :: len(sessions)]
        pending = BroadcastRecipient.objects.filter(pk__in=part, state=RecipientState.PENDING)
        moved += pending.update(session=session)
    return moved
