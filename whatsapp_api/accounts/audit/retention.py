"""Removing the oldest entries without breaking the chain: its new beginning is sealed."""

import uuid
from datetime import timedelta

from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts

from .models import AuditEntry, AuditHead
from .record import Deed, audit
from .seals import seal
from .verify import chains


def audit_prune(days: int) -> int:
    """Remove entries older than `days` from every chain; the removal itself is an entry. 0 keeps everything."""
    return sum(_prune(chain, days) for chain in chains()) if days else 0


def audit_due(days: int) -> int:
    """How many `audit_prune` would remove."""
    limit = timezone.now() - timedelta(days=days)
    return AuditEntry.objects.filter(at__lt=limit).count() if days else 0


@retry_conflicts
def _prune(chain: uuid.UUID, days: int) -> int:
    limit = timezone.now() - timedelta(days=days)
    old = AuditEntry.objects.filter(chain=chain, at__lt=limit).order_by("-number").first()
    if old is None:
        return 0
    with atomic():
        first = old.number + 1
        mark = seal(f"first {chain} {first} {old.digest}")
        AuditHead.objects.filter(pk=chain).update(first_number=first, first_previous=old.digest, first_seal=mark)
        gone = AuditEntry.retention.filter(chain=chain, number__lte=old.number).delete()[0]
    audit(Deed("audit.prune", after={"removed": gone, "up_to": old.number}), workspace_id=chain)
    return gone
