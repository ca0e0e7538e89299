"""Remove everything about a phone number."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from whatsapp_api.accounts.audit.commands import command_audit
from whatsapp_api.core.personal_data import contact_erase, contact_export, subject_of
from whatsapp_api.core.phones import BadPhone

from .contact_export import workspaces


class Command(BaseCommand):
    help = "Removes everything that is stored about a phone number. Without --yes it only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone")
        parser.add_argument("--workspace", help="only this one (id)")
        parser.add_argument("--yes", action="store_true", help="really: this cannot be undone")

    def handle(self, *args: Any, **options: Any) -> None:
        for workspace_id in workspaces(options["workspace"]):
            try:
                subject = subject_of(workspace_id, options["phone"])
            except BadPhone as error:
                raise CommandError(str(error)) from error
            if options["yes"]:
                counts = contact_erase(subject)
                command_audit("contact_erase", "contact", {}, {"erased": counts}, workspace_id=workspace_id)
            else:
                found = contact_export(subject)
                counts = {name: len(rows) for name, rows in found.items() if name not in {"phone", "addresses"}}
            told = ", ".join(f"{count} {name}" for name, count in counts.items())
            self.stdout.write(f"{workspace_id}: {'erased' if options['yes'] else 'would erase'} {told}")
