"""Files that no session speaks of: stores and spools on this machine, snapshots in their storage."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sessions_app.models import Session
from sessions_app.snapshots.destroy import orphans as snapshot_orphans
from sessions_app.snapshots.storage import snapshot_storage

from . import stores


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot file without a row. `known`: its session is here, so it is a mere leftover."""

    name: str
    known: bool

    def __str__(self) -> str:
        return f"remove snapshot {self.name}" if self.known else f"keep snapshot {self.name}: of a session unknown here"


Orphan = stores.Orphan | Snapshot


def files_orphaned() -> Iterator[Orphan]:
    """All of them. What this database never knew may belong to another one."""
    yield from stores.orphans()
    for name in snapshot_orphans():
        yield Snapshot(name, known=_is_session(name.partition("/")[0]))


def files_clean(*, unknown: bool = False) -> list[Orphan]:
    """Remove those that this database knew, or all of them; which they were."""
    return [orphan for orphan in files_orphaned() if (orphan.known or unknown) and _remove(orphan)]


def _remove(orphan: Orphan) -> bool:
    if isinstance(orphan, stores.Orphan):
        return stores.orphan_remove(orphan)
    snapshot_storage().delete(orphan.name)
    return True


def _is_session(folder: str) -> bool:
    try:
        return Session.objects.filter(pk=uuid.UUID(folder)).exists()
    except ValueError:
        return False
