"""Taking away very much, page by page: no request waits for it, and whoever dies, another goes on."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts

from .models import Addressee, ListMember, RecipientList, Removal, RemovalState, Segment
from .segments import matching

PAGE = 500
STALE = timedelta(seconds=60)


@retry_conflicts
def page_delete(rows: QuerySet[Any]) -> int:
    """The next page of them; 0 when there are none."""
    ids = list(rows.order_by("id").values_list("pk", flat=True)[:PAGE])
    if ids:
        with atomic():
            rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def list_delete(row: RecipientList) -> bool:
    """From now on there is no such list. True when members are left for a worker to take away."""
    # Its name is free again at once.
    RecipientList.objects.filter(pk=row.pk).update(deleted_at=timezone.now(), name=str(row.pk))
    if page_delete(ListMember.objects.filter(list=row)) == PAGE:
        return True
    row.delete()
    return False


def list_finish(list_id: uuid.UUID) -> None:
    """What `list_delete` left; repeating it is harmless."""
    for row in RecipientList.objects.filter(pk=list_id, deleted_at__isnull=False):
        while page_delete(ListMember.objects.filter(list=row)):
            pass
        row.delete()


def lists_waiting() -> list[uuid.UUID]:
    return list(RecipientList.objects.filter(deleted_at__isnull=False).values_list("pk", flat=True)[:20])


def removal_create(workspace_id: uuid.UUID, which: dict[str, str | bool]) -> Removal:
    """Contacts of a list, of a segment, or all. Nothing is gone before a worker runs it."""
    row = Removal(workspace_id=workspace_id, which=which, created_at=timezone.now())
    row.total = _size(row)
    row.save(force_insert=True)
    return row


def removals_waiting() -> list[uuid.UUID]:
    """Those that nobody works on."""
    rows = Removal.objects.filter(_nobody(), state=RemovalState.RUNNING)
    return list(rows.values_list("pk", flat=True)[:20])


def removal_run(removal_id: uuid.UUID) -> None:
    """One worker at a time."""
    claim = uuid.uuid4().hex
    mine = Removal.objects.filter(pk=removal_id, state=RemovalState.RUNNING)
    if not mine.filter(_nobody()).update(claim=claim, alive_at=timezone.now()):
        return
    row, mine = Removal.objects.get(pk=removal_id), mine.filter(claim=claim)
    for count in _pages(row):
        if not mine.update(removed=F("removed") + count, alive_at=timezone.now()):
            return  # another worker took it over
    mine.update(state=RemovalState.FINISHED, finished_at=timezone.now(), claim="")


def _nobody() -> Q:
    return Q(alive_at=None) | Q(alive_at__lt=timezone.now() - STALE)


def _pages(row: Removal) -> Iterator[int]:
    """Removes a page with each step."""
    if "list" in row.which:
        yield from _members_delete(row)
        return
    while count := page_delete(_contacts(row)):
        yield count


def _members_delete(row: Removal) -> Iterator[int]:
    """By their places on the list: a join would look at every contact of the workspace for each page."""
    members, after = ListMember.objects.filter(list_id=row.which["list"]).order_by("id"), None
    while page := list(members.filter(**({"id__gt": after} if after else {})).values_list("pk", "addressee_id")[:PAGE]):
        after = page[-1][0]
        rows = _there(row).filter(pk__in=[pk for _, pk in page])
        while count := page_delete(rows):
            yield count


def _size(row: Removal) -> int:
    if "list" in row.which:
        return ListMember.objects.filter(list_id=row.which["list"]).order_by().count()
    return _contacts(row).order_by().count()


def _there(row: Removal) -> QuerySet[Addressee]:
    return Addressee.objects.filter(workspace_id=row.workspace_id, created_at__lte=row.created_at)


def _contacts(row: Removal) -> QuerySet[Addressee]:
    rows = _there(row)
    if row.which.get("everybody"):
        return rows
    segment = Segment.objects.filter(workspace_id=row.workspace_id, pk=row.which.get("segment")).first()
    return matching(rows, segment.rules) if segment else rows.none()
