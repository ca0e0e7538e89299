"""Writing to the audit trail: the row, and a line in the log that can be shipped elsewhere."""

import json
import logging
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.core.logs import request_id

from .models import INSTALLATION, ActorKind, AuditEntry, AuditHead, Outcome
from .redact import redacted
from .seals import digest_of, seal

logger = logging.getLogger("audit")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and from where."""

    kind: ActorKind
    id: str = ""
    name: str = ""
    address: str = ""
    user_agent: str = ""


SYSTEM = Actor(ActorKind.SYSTEM, name="system")


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done. `before` and `after` hold the settings that changed; secrets in them are masked."""

    action: str
    target: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.OK
    status: int | None = None


@retry_conflicts
def audit(deed: Deed, *, actor: Actor = SYSTEM, workspace_id: uuid.UUID | None = None) -> AuditEntry:
    """Append one entry. Entries of a workspace wait for each other: each needs the digest of the one before."""
    with atomic():
        head = _next(workspace_id or INSTALLATION)
        entry = _entry(head, deed, actor)
        entry.digest = digest_of(entry)
        entry.seal = seal(entry.digest)
        entry.save(force_insert=True)
        end = seal(f"head {head.chain} {entry.number} {entry.digest}")
        AuditHead.objects.filter(pk=head.chain).update(digest=entry.digest, seal=end)
    _log(entry)
    return entry


def _next(chain: uuid.UUID) -> AuditHead:
    """The head with the next number, its row locked until the commit."""
    if not AuditHead.objects.filter(pk=chain).update(number=F("number") + 1):
        AuditHead.objects.get_or_create(pk=chain)
        AuditHead.objects.filter(pk=chain).update(number=F("number") + 1)
    return AuditHead.objects.get(pk=chain)


def _entry(head: AuditHead, deed: Deed, actor: Actor) -> AuditEntry:
    now = timezone.now()
    return AuditEntry(
        chain=head.chain,
        number=head.number,
        at=now.replace(microsecond=now.microsecond // 1000 * 1000),  # what both databases keep
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name[:150],
        action=deed.action[:100],
        target=deed.target[:200],
        before=redacted(deed.before),
        after=redacted(deed.after),
        outcome=deed.outcome.value,
        status=deed.status,
        address=actor.address[:45],
        user_agent=actor.user_agent[:200],
        request_id=request_id.get()[:64],
        previous=head.digest,
    )


def _log(entry: AuditEntry) -> None:
    """Shipped to another machine, these lines show what somebody with the database and the keys removed."""
    line = {"chain": str(entry.chain), "number": entry.number, "digest": entry.digest, "action": entry.action}
    line |= {"actor": f"{entry.actor_kind}:{entry.actor_id}", "target": entry.target, "outcome": entry.outcome}
    logger.info("audit %s", json.dumps(line | {"address": entry.address}))
