"""From an audience to recipients, a page at a time: whoever dies, the next tick goes on after the last page."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from messaging.audience.models import Addressee, ListMember, Segment
from messaging.audience.segments import matching
from messaging.broadcasts.content import variant_of
from messaging.broadcasts.hours import zone_of
from messaging.broadcasts.models import Broadcast, BroadcastRecipient
from messaging.models import Chat
from whatsapp_api.core.db import atomic, retry_conflicts

from .claiming import hold_running

PAGE = 500
Source = tuple[str, Any]


def sources_of(audience: dict[str, Any]) -> list[Source]:
    """What to walk through, one after the other."""
    if audience.get("everybody"):
        return [("everybody", None)]
    found: list[Source] = [("list", pk) for pk in audience.get("lists", ())]
    found += [("segment", pk) for pk in audience.get("segments", ())]
    return [*found, *([("contacts", audience["contacts"])] if audience.get("contacts") else [])]


def page_of(
    workspace_id: uuid.UUID, source: Source, after: uuid.UUID | None, size: int = PAGE
) -> tuple[list[Addressee], uuid.UUID | None]:
    """The next addressees of a source, and where to go on; (anything, None) at its end."""
    kind, what = source
    if kind == "list":
        members = ListMember.objects.filter(list_id=what, **({"id__gt": after} if after else {})).order_by("id")
        pairs = list(members.values_list("pk", "addressee_id")[:size])
        rows = Addressee.objects.filter(workspace_id=workspace_id, pk__in=[pk for _, pk in pairs])
        return list(rows), pairs[-1][0] if len(pairs) == size else None
    rows = Addressee.objects.filter(workspace_id=workspace_id, **({"id__gt": after} if after else {}))
    if kind == "contacts":
        rows = rows.filter(pk__in=what)
    elif kind == "segment":
        segment = Segment.objects.filter(workspace_id=workspace_id, pk=what).first()
        rows = matching(rows, segment.rules) if segment else rows.none()
    found = list(rows.order_by("id")[:size])
    return found, found[-1].pk if len(found) == size else None


@retry_conflicts
def expand(broadcast: Broadcast) -> bool:
    """One page; False when everybody is a recipient. `broadcast` is brought up to date."""
    with atomic():
        if broadcast.expanded_at or not hold_running(broadcast):
            return False
        sources = sources_of(broadcast.audience)
        addressees: list[Addressee] = []
        cursor = None
        if broadcast.source < len(sources):
            addressees, cursor = page_of(broadcast.workspace_id, sources[broadcast.source], broadcast.cursor)
        _add(broadcast, addressees)
        source = broadcast.source + (cursor is None)
        expanded_at = None if source < len(sources) else timezone.now()
        place = {"cursor": cursor, "source": source, "expanded_at": expanded_at}
        Broadcast.objects.filter(pk=broadcast.pk).update(**place)
    for name, value in place.items():  # not before the commit: if it fails, the same page is added once more
        setattr(broadcast, name, value)
    return True


def _add(broadcast: Broadcast, addressees: Sequence[Addressee]) -> None:
    unique = {each.jid: each for each in addressees}
    known = BroadcastRecipient.objects.filter(broadcast=broadcast, jid__in=list(unique))
    there = set(known.values_list("jid", flat=True))
    new = {jid: each for jid, each in unique.items() if jid not in there}
    homes = homes_of(broadcast, list(new))
    shares = _shares(broadcast, new, homes)
    BroadcastRecipient.objects.bulk_create(
        BroadcastRecipient(
            broadcast=broadcast,
            addressee_id=each.pk,
            jid=jid,
            session_id=shares[jid],
            variant=variant_of(broadcast.variants, broadcast.pk, jid),
            first_contact=jid not in homes and not jid.endswith("@g.us"),
            due_at=_due(broadcast, each),
            checked=not (broadcast.options.get("number_check") and jid.endswith("@s.whatsapp.net")),
        )
        for jid, each in new.items()
    )


def homes_of(broadcast: Broadcast, jids: list[str]) -> dict[str, uuid.UUID]:
    """The session that talked to each of them last."""
    sessions = [uuid.UUID(text) for text in broadcast.session_ids]
    chats = Chat.objects.filter(session_id__in=sessions, jid__in=jids).order_by("last_at")
    return dict(chats.values_list("jid", "session_id"))


def _shares(broadcast: Broadcast, jids: Any, homes: dict[str, uuid.UUID]) -> dict[str, uuid.UUID]:
    """Those without a home go where the fewest of this page are."""
    sessions = [uuid.UUID(text) for text in broadcast.session_ids]
    load = Counter(dict.fromkeys(sessions, 0)) + Counter(homes.values())
    shares = {}
    for jid in jids:
        shares[jid] = homes.get(jid) or min(sessions, key=lambda pk: load[pk])
        load[shares[jid]] += jid not in homes
    return shares


def _due(broadcast: Broadcast, addressee: Addressee) -> datetime:
    """The planned time; by the recipient's own clock where that was asked for."""
    start = broadcast.scheduled_at or broadcast.started_at or timezone.now()
    if not broadcast.options.get("local_time") or broadcast.scheduled_at is None:
        return start
    zone = zone_of(addressee.jid, addressee.time_zone, broadcast.time_zone)
    wall = start.astimezone(ZoneInfo(broadcast.time_zone)).replace(tzinfo=None)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
