"""What the audience holds about a person. A suppression is kept when they are erased: it is what protects them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from whatsapp_api.core.personal_data import Holding, Subject, holding_register

from .models import Addressee, ContactImport, ImportProblem, Suppression
from .payloads import addressee_payload, suppression_payload


def register() -> None:
    holding_register(Holding("addressees", ("audience.Addressee",), addressees_export, addressees_erase))
    holding_register(Holding("suppressions", ("audience.Suppression",), suppressions_export, lambda subject: 0))
    holding_register(Holding("imports", ("audience.ContactImport",), imports_export, imports_erase))


def addressees_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for row in _addressees(subject):
        yield addressee_payload(row)


def addressees_erase(subject: Subject) -> int:
    return _addressees(subject).delete()[1].get("audience.Addressee", 0)


def suppressions_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for row in Suppression.objects.filter(workspace_id=subject.workspace_id, jid__in=subject.jids):
        yield suppression_payload(row)


def imports_export(subject: Subject) -> Iterator[dict[str, Any]]:
    for problem in _problems(subject):
        yield {"row": problem.row, "problem": problem.text, "values": problem.values}


def imports_erase(subject: Subject) -> int:
    """Rows that were refused, and the first rows that are kept to be shown. The file went when its import was over."""
    found = [problem.pk for problem in _problems(subject)]
    ImportProblem.objects.filter(pk__in=found).delete()
    for row in ContactImport.objects.filter(workspace_id=subject.workspace_id):
        if subject.is_in(row.sample):
            ContactImport.objects.filter(pk=row.pk).update(sample=[])
    return len(found)


def _addressees(subject: Subject) -> QuerySet[Addressee]:
    return Addressee.objects.filter(workspace_id=subject.workspace_id, jid__in=subject.jids)


def _problems(subject: Subject) -> Iterator[ImportProblem]:
    rows = ImportProblem.objects.filter(contact_import__workspace_id=subject.workspace_id)
    return (problem for problem in rows.iterator(chunk_size=500) if subject.is_in(problem.values))
