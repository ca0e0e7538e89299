"""The life of an import: uploaded, looked at, started, stored page by page, finished or given up."""

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db.models import F, Q
from django.utils import timezone

from messaging.audience.models import ContactImport, ImportProblem, ImportState, ImportTarget
from messaging.audience.services import Stored, addressees_store, suppressions_store
from sessions_app.labels import labels_split
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.errors import Conflict

from .mapping import BadMapping, BadRow, Entry, mapping_check, mapping_guess, row_read
from .tables import ROWS, BadTable, Row, format_of, rows_of

logger = logging.getLogger(__name__)

PAGE = 500
SAMPLE = 20
STALE = timedelta(seconds=60)


def import_storage() -> Storage:
    return storages["media"]


def import_create(
    *, workspace_id: uuid.UUID, name: str, file: IO[bytes], target: ImportTarget = ImportTarget.CONTACTS
) -> ContactImport:
    """Keep the file and look into it; raises BadTable. Nothing is imported before `import_start`."""
    kind = format_of(name, file.read(4096))
    file.seek(0)
    columns, sample, total = _look(file, kind)
    file.seek(0)
    row = ContactImport(workspace_id=workspace_id, target=target, file_name=name[:200] or f"table.{kind}", format=kind)
    row.columns, row.sample, row.rows_total, row.mapping = columns, sample, total, mapping_guess(columns)
    row.stored_as = import_storage().save(f"imports/{row.pk}.{kind}", File(file))
    row.save(force_insert=True)
    return row


def import_start(
    row: ContactImport, *, mapping: dict[str, str], country: str, list_id: uuid.UUID | None, tag_text: str
) -> ContactImport:
    """Say what the columns are, and let a worker begin. Raises BadMapping; Conflict when it has begun already."""
    fields: dict[str, Any] = {
        "mapping": mapping_check(mapping, row.columns),
        "country": country,
        "list_id": list_id,
        "tag_text": tag_text,
        "state": ImportState.RUNNING,
        "alive_at": None,
    }
    if not ContactImport.objects.filter(pk=row.pk, state=ImportState.UPLOADED).update(**fields):
        raise Conflict("import_under_way", "This import was started already; upload the file again for another one.")
    row.refresh_from_db()
    return row


def import_cancel(row: ContactImport) -> bool:
    """Stop after the page under way; what is stored stays."""
    states = [ImportState.UPLOADED, ImportState.RUNNING]
    fields = {"state": ImportState.CANCELLED, "finished_at": timezone.now()}
    if not ContactImport.objects.filter(pk=row.pk, state__in=states).update(**fields):
        return False
    _forget_file(row)
    return True


def imports_waiting() -> list[uuid.UUID]:
    """Started ones that nobody works on: new, or left by a worker that died."""
    nobody = Q(alive_at=None) | Q(alive_at__lt=timezone.now() - STALE)
    return list(ContactImport.objects.filter(nobody, state=ImportState.RUNNING).values_list("pk", flat=True)[:20])


def import_run(import_id: uuid.UUID) -> None:
    """Store what is left of it. Only one worker at a time does; each page is one transaction, so none counts twice."""
    claim = uuid.uuid4().hex
    if not _claim(import_id, claim):
        return
    row = ContactImport.objects.get(pk=import_id)
    try:
        with import_storage().open(row.stored_as) as file, rows_of(file, row.format) as rows:
            next(rows, None)  # the heading
            remaining = islice(rows, row.rows_done, None)
            for page in _pages(remaining):
                if not _store(row, claim, page):
                    return
        _end(row, claim, ImportState.FINISHED)
    except (BadTable, BadMapping) as error:
        _end(row, claim, ImportState.FAILED, str(error))


def _pages(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while page := list(islice(rows, PAGE)):
        yield page


def _look(file: IO[bytes], kind: str) -> tuple[list[str], list[Row], int]:
    with rows_of(file, kind) as rows:
        columns = next(rows, [])
        if not columns:
            raise BadTable("The file is empty: its first row has to name the columns.")
        sample: list[Row] = []
        total = 0
        for row in rows:
            total += 1
            if len(sample) < SAMPLE:
                sample.append(row)
            if total > ROWS:
                raise BadTable(f"The file has more than {ROWS} rows; split it.")
    return columns, sample, total


def _claim(import_id: uuid.UUID, claim: str) -> bool:
    now = timezone.now()
    rows = ContactImport.objects.filter(pk=import_id, state=ImportState.RUNNING)
    free = rows.filter(Q(alive_at=None) | Q(alive_at__lt=now - STALE))
    return bool(free.update(claim=claim, alive_at=now))


@retry_conflicts
def _store(row: ContactImport, claim: str, page: list[Row]) -> bool:
    """False: somebody cancelled it, or another worker took it over."""
    entries, problems = _read(row, page)
    with atomic():
        mine = ContactImport.objects.filter(pk=row.pk, claim=claim, state=ImportState.RUNNING)
        if not mine.update(alive_at=timezone.now()):
            return False
        stored = _keep(row, entries)
        ImportProblem.objects.bulk_create(problems)
        mine.update(
            rows_done=F("rows_done") + len(page),
            created=F("created") + stored.created,
            updated=F("updated") + stored.updated,
            duplicates=F("duplicates") + stored.duplicates,
            refused=F("refused") + len(problems),
        )
    row.rows_done += len(page)
    return True


def _read(row: ContactImport, page: list[Row]) -> tuple[list[Entry], list[ImportProblem]]:
    entries, problems = [], []
    for number, cells in enumerate(page, row.rows_done + 2):  # the heading is row 1
        if not any(cells):
            continue
        try:
            entries.append(row_read(cells, row.mapping, row.country))
        except BadRow as error:
            problems.append(ImportProblem(contact_import=row, row=number, text=str(error)[:300], values=cells[:20]))
    return entries, problems


def _keep(row: ContactImport, entries: list[Entry]) -> Stored:
    if row.target == ImportTarget.SUPPRESSIONS:
        return suppressions_store(row.workspace_id, [entry.jid for entry in entries], reason=row.file_name)
    tags = labels_split(row.tag_text)
    return addressees_store(row.workspace_id, entries, tags=tags, list_id=row.list_id)


def _end(row: ContactImport, claim: str, state: ImportState, error: str = "") -> None:
    fields = {"state": state, "error": error[:300], "finished_at": timezone.now(), "claim": ""}
    if ContactImport.objects.filter(pk=row.pk, claim=claim, state=ImportState.RUNNING).update(**fields):
        _forget_file(row)


def _forget_file(row: ContactImport) -> None:
    """It is full of people, and no longer needed."""
    try:
        import_storage().delete(row.stored_as)
    except OSError as error:
        logger.warning("The file of import %s is left behind: %s", row.pk, type(error).__name__)
