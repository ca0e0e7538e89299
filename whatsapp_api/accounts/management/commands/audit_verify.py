"""Check the audit trail's chains of hashes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from whatsapp_api.accounts.audit.models import AuditHead
from whatsapp_api.accounts.audit.verify import chains, verify


class Command(BaseCommand):
    help = "Checks that no entry of the audit trail was changed, removed, put in or cut off; exit code 1 if one was."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for chain in chains():
            verdict = verify(chain)
            faults += len(verdict.faults)
            self.stdout.write(f"{chain}: {verdict.entries} entries, {len(verdict.faults)} faults{_end(chain)}")
            for fault in verdict.faults[:20]:
                self.stdout.write(f"  {fault}")
            if verdict.unsealed:
                self.stdout.write(f"  {verdict.unsealed} seals need a master key that is not configured any more")
        if faults:
            raise CommandError(f"The audit trail was tampered with: {faults} faults.")


def _end(chain: Any) -> str:
    """What to write down elsewhere: a later run must know this entry."""
    head = AuditHead.objects.filter(pk=chain).first()
    return f", ends at #{head.number} {head.digest[:16]}" if head else ""
