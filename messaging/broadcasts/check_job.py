"""The check of a large audience: a job with progress. A small one is answered at once, with the same report."""

import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from messaging.audience.models import Addressee, ListMember, Segment
from messaging.audience.segments import matching
from whatsapp_api.core.db import retry_conflicts

from .checking import Report, broadcast_check
from .engine.expanding import sources_of
from .models import Broadcast, BroadcastCheck, CheckState

SMALL = 2_000
STALE = timedelta(seconds=30)
FRESH = timedelta(hours=1)
LOOKED_AT = ("session_ids", "audience", "variants", "options")

Look = tuple[BroadcastCheck, Report | None]


def check_ask(broadcast: Broadcast, *, anew: bool = False) -> Look:
    """Where the check stands, and its report once it is done; the caller starts the task of one that is not alive."""
    if audience_size(broadcast, SMALL + 1) <= SMALL:
        report = broadcast_check(broadcast)
        size = report.recipients + report.duplicates
        return BroadcastCheck(broadcast=broadcast, state=CheckState.DONE, done=size, total=size), report
    row = _current(broadcast, anew)
    return row, Report(**row.report) if row.state == CheckState.DONE else None


def is_alive(row: BroadcastCheck) -> bool:
    """Somebody works on it, or did a moment ago."""
    return bool(row.alive_at and row.alive_at > timezone.now() - STALE)


def check_run(broadcast_id: uuid.UUID) -> None:
    """One worker at a time."""
    claim, now = uuid.uuid4().hex, timezone.now()
    rows = BroadcastCheck.objects.filter(broadcast_id=broadcast_id, state=CheckState.RUNNING)
    if not rows.filter(Q(alive_at=None) | Q(alive_at__lt=now - STALE)).update(claim=claim, alive_at=now):
        return
    broadcast = Broadcast.objects.get(pk=broadcast_id)
    mine = rows.filter(claim=claim, fingerprint=fingerprint(broadcast))
    mine.update(total=audience_size(broadcast))

    def progress(done: int) -> bool:
        return bool(mine.update(done=done, alive_at=timezone.now()))

    report = broadcast_check(broadcast, progress)
    if report is not None:
        mine.update(state=CheckState.DONE, report=report.as_dict(), finished_at=timezone.now(), claim="")


def audience_size(broadcast: Broadcast, most: int = 0) -> int:
    """Addressees of all parts, whoever is in several of them counted in each; with `most` it counts no further."""
    return sum(_part_size(broadcast, kind, what, most) for kind, what in sources_of(broadcast.audience))


def fingerprint(broadcast: Broadcast) -> str:
    """Of everything that a check looks at."""
    said = json.dumps([getattr(broadcast, name) for name in LOOKED_AT], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


@retry_conflicts
def _current(broadcast: Broadcast, anew: bool) -> BroadcastCheck:
    print_ = fingerprint(broadcast)
    row = BroadcastCheck.objects.get_or_create(broadcast=broadcast, defaults={"fingerprint": print_})[0]
    old = row.finished_at is not None and row.finished_at < timezone.now() - FRESH
    if anew or old or row.fingerprint != print_:
        columns: dict[str, Any] = {"fingerprint": print_, "state": CheckState.RUNNING, "done": 0, "report": {}}
        columns |= {"claim": "", "alive_at": None, "finished_at": None}
        BroadcastCheck.objects.filter(pk=row.pk).update(**columns)
        row.refresh_from_db()
    return row


def _part_size(broadcast: Broadcast, kind: str, what: Any, most: int) -> int:
    if kind == "contacts":
        return len(what)
    rows: Any = Addressee.objects.filter(workspace_id=broadcast.workspace_id)
    if kind == "list":
        rows = ListMember.objects.filter(list_id=what)
    elif kind == "segment":
        segment = Segment.objects.filter(workspace_id=broadcast.workspace_id, pk=what).first()
        rows = matching(rows, segment.rules) if segment else rows.none()
    rows = rows.order_by()
    return len(rows.values_list("pk")[:most]) if most else rows.count()
