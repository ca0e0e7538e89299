"""The audience as programs see it."""

from typing import Any

from messaging.payloads import phone_of
from whatsapp_api.core.formats import iso

from .models import Addressee, ContactImport, RecipientList, Removal, Segment, Suppression

Payload = dict[str, Any]


def addressee_payload(row: Addressee) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "jid": row.jid,
        "phone": phone_of(row.jid),
        "name": row.name,
        "attributes": row.attributes,
        "tags": row.tags,
        "time_zone": row.time_zone or None,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
    }


def list_payload(row: RecipientList, members: int) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "name": row.name,
        "members": members,
        "created_at": iso(row.created_at),
    }


def segment_payload(row: Segment) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "name": row.name,
        "rules": row.rules,
        "created_at": iso(row.created_at),
    }


def suppression_payload(row: Suppression) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "jid": row.jid,
        "phone": phone_of(row.jid),
        "source": row.source,
        "reason": row.reason,
        "created_at": iso(row.created_at),
    }


def removal_payload(row: Removal) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "which": row.which,
        "state": row.state,
        "removed": row.removed,
        "total": row.total,
        "created_at": iso(row.created_at),
        "finished_at": iso(row.finished_at),
    }


def import_payload(row: ContactImport) -> Payload:
    return {
        "id": str(row.pk),
        "workspace": str(row.workspace_id),
        "target": row.target,
        "state": row.state,
        "file_name": row.file_name,
        "format": row.format,
        "columns": row.columns,
        "sample": row.sample,
        "mapping": row.mapping,
        "rows_total": row.rows_total,
        "rows_done": row.rows_done,
        "created": row.created,
        "updated": row.updated,
        "duplicates": row.duplicates,
        "refused": row.refused,
        "error": row.error or None,
        "created_at": iso(row.created_at),
        "finished_at": iso(row.finished_at),
    }
