"""Once a second. All state is in the database: a tick that dies, or comes twice, is made good by the next."""

import logging
import time
import uuid

from django.utils import timezone
from rest_framework.exceptions import ValidationError

from messaging.broadcasts.linking import previews_awaited
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastState, RecipientState
from messaging.broadcasts.services import broadcast_fail, broadcast_finish, broadcast_pause, skip_pending
from messaging.broadcasts.tasks import numbers_task, previews_task
from messaging.tasks import start
from sessions_app.models import Session
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import ApiError, Conflict

from .breaker import breaker_look
from .claiming import hold_running, lease_free, lease_take
from .due import due_begin
from .expanding import expand
from .feeding import feed
from .moving import orphans_move, shares_move
from .numbers import numbers_due
from .progress import progress_publish

logger = logging.getLogger(__name__)

SECONDS = 0.9
UNSETTLED = (RecipientState.PENDING, RecipientState.QUEUED)


def tick(seconds: float = SECONDS) -> int:
    """How many messages went into the outboxes."""
    due_begin()
    deadline = time.monotonic() + seconds
    running = Broadcast.objects.filter(state=BroadcastState.RUNNING).order_by("lease_until", "id")
    fed = 0
    for broadcast_id in list(running.values_list("pk", flat=True)[:1000]):
        fed += _look_after(broadcast_id, deadline)
    return fed


def _look_after(broadcast_id: uuid.UUID, deadline: float) -> int:
    """Each gets one look, and more while there is time."""
    token = lease_take(broadcast_id)
    if not token:
        return 0
    fed = 0
    try:
        broadcast = Broadcast.objects.get(pk=broadcast_id)
        while True:
            sent, more = _advance(broadcast)
            fed += sent
            if not more or time.monotonic() > deadline:
                break
        progress_publish(broadcast)
    except Conflict:
        pass  # somebody paused or cancelled it meanwhile
    except (ApiError, ValidationError) as error:
        logger.warning("Broadcast %s pauses: %s", broadcast_id, type(error).__name__)
        broadcast_pause(Broadcast.objects.get(pk=broadcast_id), reason="content_invalid")
    finally:
        lease_free(broadcast_id, token)
    return fed


def _advance(broadcast: Broadcast) -> tuple[int, bool]:
    """One round: how many were fed, and whether another round would find work."""
    if broadcast.ends_at and broadcast.ends_at <= timezone.now():
        _run_out(broadcast)
    expanded = expand(broadcast)
    sessions = list(Session.objects.filter(workspace_id=broadcast.workspace_id, pk__in=broadcast.session_ids))
    sessions = [session for session in sessions if session.deleted_at is None]
    if not sessions:
        broadcast_fail(broadcast, reason="no_session")
        return 0, False
    if previews_awaited(broadcast, timezone.now()):
        start(previews_task, str(broadcast.pk))
        return 0, bool(expanded)
    moved = orphans_move(broadcast, sessions) + shares_move(broadcast, sessions)
    sent = 0
    for session in sessions:
        breaker_look(session, broadcast.options)
        if numbers_due(broadcast, session, timezone.now()):
            start(numbers_task, str(broadcast.pk), str(session.pk))
        fed = feed(broadcast, session)
        sent, moved = sent + fed.sent, moved + fed.moved
    if broadcast.expanded_at and not _is_unsettled(broadcast):
        broadcast_finish(broadcast)
        return sent, False
    return sent, bool(expanded or moved)


def _is_unsettled(broadcast: Broadcast) -> bool:
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast)
    return any(rows.filter(state=state).order_by().exists() for state in UNSETTLED)


@retry_conflicts
def _run_out(broadcast: Broadcast) -> None:
    """Its time is over: who is still to come is skipped; what waits in an outbox leaves."""
    with atomic():
        if hold_running(broadcast):
            broadcast.expanded_at = broadcast.expanded_at or timezone.now()
            broadcast.save(update_fields=["expanded_at"])
            skip_pending(broadcast, "too_late")
