"""Checking a chain: nothing changed, nothing missing, nothing put in, nothing cut off."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from .models import AuditEntry, AuditHead
from .seals import digest_of, seal_holds

PAGE = 500


@dataclass(slots=True)
class Verdict:
    """How one chain fared. `unsealed` entries were sealed under a master key that is gone: only their links hold."""

    chain: uuid.UUID
    entries: int = 0
    unsealed: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, holds: bool | None, fault: str) -> None:
        if holds is None:
            self.unsealed += 1
        elif not holds:
            self.faults.append(fault)


def chains() -> list[uuid.UUID]:
    """Every chain that has an end or an entry."""
    known = set(AuditHead.objects.values_list("chain", flat=True))
    return sorted(known | set(AuditEntry.objects.order_by().values_list("chain", flat=True).distinct()))


def verify(chain: uuid.UUID) -> Verdict:
    """Walk a chain from its first kept entry to its end."""
    verdict = Verdict(chain)
    head = AuditHead.objects.filter(pk=chain).first()
    if head is None:
        verdict.faults.append("the end of the chain is missing")
        head = AuditHead(chain=chain)
    number, previous = head.first_number - 1, head.first_previous
    if head.first_number > 1:
        verdict.check(seal_holds(head.first_seal, f"first {chain} {head.first_number} {previous}"), "forged beginning")
    for entry in _entries(chain):
        number, previous = _check(verdict, entry, number, previous)
    if (number, previous) != (head.number, head.digest):
        verdict.faults.append(f"the chain ends at #{number}, but #{head.number} was written")
    elif head.number:
        verdict.check(seal_holds(head.seal, f"head {chain} {head.number} {head.digest}"), "the end was forged")
    return verdict


def _check(verdict: Verdict, entry: AuditEntry, number: int, previous: str) -> tuple[int, str]:
    verdict.entries += 1
    if entry.number != number + 1:
        verdict.faults.append(f"#{number + 1} is missing before #{entry.number}")
    elif entry.previous != previous:
        verdict.faults.append(f"#{entry.number} does not follow #{number}")
    if digest_of(entry) != entry.digest:
        verdict.faults.append(f"#{entry.number} was changed")
    else:
        verdict.check(seal_holds(entry.seal, entry.digest), f"#{entry.number} was forged")
    return entry.number, entry.digest


def _entries(chain: uuid.UUID) -> Iterator[AuditEntry]:
    rows = AuditEntry.objects.filter(chain=chain).order_by("number")
    page = list(rows[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(number__gt=page[-1].number)[:PAGE])
