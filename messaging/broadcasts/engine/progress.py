"""broadcast.progress: at most every two seconds, and only when something changed."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from messaging.broadcasts.models import Broadcast
from messaging.broadcasts.payloads import counts_of
from messaging.broadcasts.services import status_publish
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import EventType

EVERY = timedelta(seconds=2)


@retry_conflicts
def progress_publish(broadcast: Broadcast) -> bool:
    now = timezone.now()
    if broadcast.progress_at and now - broadcast.progress_at < EVERY:
        return False
    counts = counts_of(broadcast.pk)
    if counts == broadcast.progress:
        return False
    free = Q(progress_at=None) | Q(progress_at__lte=now - EVERY)
    with atomic():
        if not Broadcast.objects.filter(free, pk=broadcast.pk).update(progress_at=now, progress=counts):
            return False
        status_publish(broadcast, EventType.BROADCAST_PROGRESS)
    return True
