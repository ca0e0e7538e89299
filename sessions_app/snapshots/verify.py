"""Can every snapshot be read? Decrypts each in memory and lets SQLite check it."""

from collections.abc import Iterator
from dataclasses import dataclass

from whatsapp_api.core.crypto import SealBroken
from whatsapp_api.core.master_key import MasterKeyError

from .data_keys import data_key
from .errors import SnapshotDamaged
from .models import SessionKey, SessionSnapshot
from .restore import snapshot_read

PAGE = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """`error` is empty for a sound snapshot."""

    snapshot: SessionSnapshot
    error: str = ""


def snapshots_verify(*, session_id: str = "") -> Iterator[Verdict]:
    """Verdicts on all snapshots, or those of one session."""
    rows = SessionSnapshot.objects.order_by("pk")
    if session_id:
        rows = rows.filter(session_id=session_id)
    page = list(rows[:PAGE])
    while page:
        for snapshot in page:
            if verdict := _verdict(snapshot):
                yield verdict
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])


def _verdict(snapshot: SessionSnapshot) -> Verdict | None:
    """None when it was replaced or destroyed while we looked."""
    try:
        snapshot_read(snapshot, data_key(SessionKey.objects.get(session_id=snapshot.session_id)))
    except (SnapshotDamaged, SealBroken, MasterKeyError, SessionKey.DoesNotExist, OSError) as error:
        still_there = SessionSnapshot.objects.filter(pk=snapshot.pk).exists()
        return Verdict(snapshot, str(error)) if still_there else None
    return Verdict(snapshot)
