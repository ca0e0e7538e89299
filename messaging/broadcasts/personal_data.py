"""What broadcasts hold about a person: that they were a recipient. Counts stay right when that is forgotten."""

from collections.abc import Iterator
from typing import Any

from whatsapp_api.core.formats import iso
from whatsapp_api.core.personal_data import Holding, Subject, holding_register

from .models import BroadcastCheck, BroadcastRecipient, RecipientState
from .payloads import recipient_payload


def register() -> None:
    labels = ("broadcasts.BroadcastRecipient",)
    holding_register(Holding("broadcast_recipients", labels, recipients_export, recipients_erase, order=25))
    checks = ("broadcasts.BroadcastCheck",)
    holding_register(Holding("broadcast_checks", checks, checks_export, checks_erase, order=25))


def recipients_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for row in _rows(subject).order_by("id").iterator(chunk_size=500):
        yield {"broadcast": str(row.broadcast_id), **recipient_payload(row)}


def recipients_erase(subject: Subject) -> int:
    count = 0
    for row in _rows(subject):
        pending = BroadcastRecipient.objects.filter(pk=row.pk, state=RecipientState.PENDING)
        pending.update(state=RecipientState.SKIPPED, reason="erased")
        count += BroadcastRecipient.objects.filter(pk=row.pk).update(jid=f"erased-{row.pk}", addressee_id=None)
    return count


def checks_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for row in _checks(subject):
        yield {"broadcast": str(row.broadcast_id), "checked_at": iso(row.finished_at)}


def checks_erase(subject: Subject) -> int:
    """Reports list people by name; without one the draft is checked again."""
    found = [row.pk for row in _checks(subject)]
    BroadcastCheck.objects.filter(pk__in=found).delete()
    return len(found)


def _checks(subject: Subject) -> Iterator[BroadcastCheck]:
    rows = BroadcastCheck.objects.filter(broadcast__workspace_id=subject.workspace_id)
    return (row for row in rows.iterator(chunk_size=100) if subject.is_in(row.report))


def _rows(subject: Subject) -> Any:
    return BroadcastRecipient.objects.filter(broadcast__workspace_id=subject.workspace_id, jid__in=subject.jids)
