"""One worker at a time looks after a broadcast. Correct without: this only spares work."""

import uuid
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from messaging.broadcasts.models import Broadcast, BroadcastState

LEASE = timedelta(seconds=15)


def lease_take(broadcast_id: uuid.UUID) -> str:
    """A token, or "" while another worker is at it."""
    now, token = timezone.now(), uuid.uuid4().hex
    free = Q(lease="") | Q(lease_until__lt=now)
    rows = Broadcast.objects.filter(free, pk=broadcast_id, state=BroadcastState.RUNNING)
    return token if rows.update(lease=token, lease_until=now + LEASE) else ""


def lease_free(broadcast_id: uuid.UUID, token: str) -> None:
    Broadcast.objects.filter(pk=broadcast_id, lease=token).update(lease="")


def hold_running(broadcast: Broadcast) -> bool:
    """Inside a transaction: nobody pauses or cancels it until the commit. False when somebody did."""
    rows = Broadcast.objects.filter(pk=broadcast.pk, state=BroadcastState.RUNNING)
    return bool(rows.update(revision=F("revision") + 1))
