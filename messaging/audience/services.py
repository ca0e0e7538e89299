"""Writing the audience: addressees, lists, suppressions. Each call is one transaction."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from sessions_app.labels import labels_clean, labels_join
from whatsapp_api.core.db import atomic, retry_conflicts

from .importing.mapping import Entry
from .models import Addressee, ListMember, RecipientList, Suppression, SuppressionSource


@dataclass(frozen=True, slots=True)
class Stored:
    """How many of a page were new, changed, or there twice."""

    created: int = 0
    updated: int = 0
    duplicates: int = 0


def addressees_store(
    workspace_id: uuid.UUID, entries: Sequence[Entry], *, tags: Iterable[str] = (), list_id: uuid.UUID | None = None
) -> Stored:
    """Add or complete: what a table says replaces what was there, what it leaves empty stays.

    To be called inside a transaction; a few queries for any number of entries.
    """
    unique = {entry.jid: entry for entry in entries}  # the last row of a number counts
    known = {row.jid: row for row in Addressee.objects.filter(workspace_id=workspace_id, jid__in=list(unique))}
    rows = [
        _merged(known.get(jid) or Addressee(workspace_id=workspace_id, jid=jid), entry, tags)
        for jid, entry in unique.items()
    ]
    Addressee.objects.bulk_create([row for row in rows if row.jid not in known])
    Addressee.objects.bulk_update(
        [row for row in rows if row.jid in known], ["name", "attributes", "tag_text", "time_zone", "updated_at"]
    )
    if list_id is not None:
        list_add(list_id, [row.pk for row in rows])
    created = len(unique) - len(known)
    return Stored(created, len(known), len(entries) - len(unique))


@retry_conflicts
def list_add(list_id: uuid.UUID, addressee_ids: Sequence[uuid.UUID]) -> int:
    """Those that are not on it yet; answers how many were added."""
    with atomic():
        on_it = ListMember.objects.filter(list_id=list_id, addressee_id__in=addressee_ids)
        known = set(on_it.values_list("addressee_id", flat=True))
        new = [pk for pk in dict.fromkeys(addressee_ids) if pk not in known]
        ListMember.objects.bulk_create(ListMember(list_id=list_id, addressee_id=pk) for pk in new)
    return len(new)


def list_remove(list_id: uuid.UUID, addressee_ids: Sequence[uuid.UUID]) -> int:
    return ListMember.objects.filter(list_id=list_id, addressee_id__in=addressee_ids).delete()[0]


@retry_conflicts
def suppress(workspace_id: uuid.UUID, jid: str, *, source: SuppressionSource, reason: str = "") -> bool:
    """From now on nothing is sent to many that includes this address. False: it was so already."""
    with atomic():
        if Suppression.objects.filter(workspace_id=workspace_id, jid=jid).exists():
            return False
        Suppression.objects.create(workspace_id=workspace_id, jid=jid, source=source, reason=reason[:200])
    return True


def suppressions_store(workspace_id: uuid.UUID, jids: Sequence[str], *, reason: str = "") -> Stored:
    """A page of an import; inside a transaction."""
    unique = list(dict.fromkeys(jids))
    known = set(Suppression.objects.filter(workspace_id=workspace_id, jid__in=unique).values_list("jid", flat=True))
    Suppression.objects.bulk_create(
        Suppression(workspace_id=workspace_id, jid=jid, source=SuppressionSource.IMPORT, reason=reason[:200])
        for jid in unique
        if jid not in known
    )
    return Stored(len(unique) - len(known), 0, len(jids) - len(unique) + len(known))


def unsuppress(workspace_id: uuid.UUID, jid: str) -> bool:
    """They agreed again."""
    return bool(Suppression.objects.filter(workspace_id=workspace_id, jid=jid).delete()[0])


def suppressed_among(workspace_id: uuid.UUID, jids: Iterable[str]) -> set[str]:
    """Those of `jids` that must not get a broadcast."""
    rows = Suppression.objects.filter(workspace_id=workspace_id, jid__in=list(jids))
    return set(rows.values_list("jid", flat=True))


def list_get_or_create(workspace_id: uuid.UUID, name: str) -> RecipientList:
    return RecipientList.objects.get_or_create(workspace_id=workspace_id, name=name)[0]


def _merged(row: Addressee, entry: Entry, tags: Iterable[str]) -> Addressee:
    row.name = entry.name or row.name
    row.attributes = {**row.attributes, **{name: value for name, value in entry.attributes.items() if value}}
    row.tag_text = labels_join(labels_clean([*row.tags, *entry.tags, *tags]))
    row.time_zone = entry.time_zone or row.time_zone
    row.updated_at = timezone.now()
    return row
