"""Which process delivers to which endpoint: a lease in the endpoint's row, renewed by whoever holds it.

Two processes with one endpoint for a moment (a stopped process that wakes up, clocks that differ) do no harm but
duplicates: each sends an event of a chat only after it delivered the earlier ones itself, and only the holder stores.
"""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from messaging.webhooks.models import Delivery, DeliveryState, DeliveryWorker, Endpoint, Replay, ReplayState

LEASE_SECONDS = 6.0
MARGIN_SECONDS = 1.0
RENEW_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a process has to do now: endpoints with their versions, those with retries due, replays to run."""

    versions: dict[uuid.UUID, int]
    due: set[uuid.UUID]
    replays: dict[uuid.UUID, uuid.UUID]
    too_many: int


def worker_join(worker_id: uuid.UUID, name: str) -> None:
    DeliveryWorker.objects.create(id=worker_id, name=name, seen_at=timezone.now())


def worker_leave(worker_id: uuid.UUID, owner: str) -> None:
    Endpoint.objects.filter(owner=owner).update(owner="", lease_until=None)
    DeliveryWorker.objects.filter(pk=worker_id).delete()


def leases_renew(worker_id: uuid.UUID, owner: str) -> None:
    """Also says that we are alive, and forgets workers that have long been gone."""
    now = timezone.now()
    Endpoint.objects.filter(owner=owner).update(lease_until=now + timedelta(seconds=LEASE_SECONDS))
    if not DeliveryWorker.objects.filter(pk=worker_id).update(seen_at=now):
        worker_join(worker_id, owner)
    DeliveryWorker.objects.filter(seen_at__lt=now - timedelta(hours=1)).delete()


def leases_tend(owner: str) -> Held:
    """Take free endpoints up to a fair share, and say what there is to do."""
    now = timezone.now()
    live = Endpoint.objects.filter(enabled=True, deleted_at=None)
    mine = dict(live.filter(owner=owner).order_by().values_list("pk", "version"))
    share = _share(live.count(), now)
    if len(mine) < share:
        mine |= _take(owner, share - len(mine), now)
    ids = list(mine)
    due = Delivery.objects.filter(endpoint_id__in=ids, state=DeliveryState.RETRYING, next_at__lte=now)
    replays = Replay.objects.filter(endpoint_id__in=ids, state=ReplayState.RUNNING)
    return Held(
        versions=mine,
        due=set(due.order_by().values_list("endpoint_id", flat=True).distinct()) if ids else set(),
        replays=dict(replays.order_by().values_list("pk", "endpoint_id")) if ids else {},
        too_many=max(0, len(mine) - share),
    )


def lease_release(endpoint_id: uuid.UUID, owner: str) -> None:
    Endpoint.objects.filter(pk=endpoint_id, owner=owner).update(owner="", lease_until=None)


def _share(endpoints: int, now: datetime) -> int:
    alive = DeliveryWorker.objects.filter(seen_at__gt=now - timedelta(seconds=LEASE_SECONDS)).count()
    return math.ceil(endpoints / max(1, alive))


def _take(owner: str, most: int, now: datetime) -> dict[uuid.UUID, int]:
    free = Q(owner="") | Q(lease_until__lt=now) | Q(lease_until=None)
    rows = Endpoint.objects.filter(free, enabled=True, deleted_at=None).exclude(owner=owner)
    taken = {}
    for pk, version, before in list(rows.order_by("id").values_list("pk", "version", "owner")[:most]):
        until = now + timedelta(seconds=LEASE_SECONDS)
        if Endpoint.objects.filter(free, pk=pk, owner=before).update(owner=owner, lease_until=until):
            taken[pk] = version
    return taken
