"""Tables of all recipients, row by row, in which no cell becomes a formula."""

import tempfile
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook

from messaging.payloads import phone_of
from whatsapp_api.core.csv_export import cell, csv_line
from whatsapp_api.core.formats import iso

from .models import Broadcast, BroadcastRecipient

HEAD = ["phone", "address", "state", "reason", "variant", "session", "queued_at", "changed_at", "message"]
CHUNK = 500


def rows_of(broadcast: Broadcast) -> Iterator[list[Any]]:
    names = [variant["name"] for variant in broadcast.variants]
    rows = BroadcastRecipient.objects.filter(broadcast=broadcast).order_by("id")
    for row in rows.iterator(chunk_size=CHUNK):
        name = names[row.variant] if row.variant < len(names) else ""
        about = [phone_of(row.jid), row.jid, row.state, row.reason, name, row.session_id]
        yield [*about, iso(row.fed_at), iso(row.changed_at), row.message_id]


def report_csv(broadcast: Broadcast) -> Iterator[str]:
    yield csv_line(HEAD)
    yield from map(csv_line, rows_of(broadcast))


def report_xlsx(broadcast: Broadcast) -> Iterator[bytes]:
    """Written to disk row by row: any number of recipients, little memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Recipients")
    sheet.append(HEAD)
    for row in rows_of(broadcast):
        sheet.append([cell(value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while part := file.read(1 << 16):
            yield part
