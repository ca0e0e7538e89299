"""Everything about a phone number, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from whatsapp_api.accounts.audit.commands import command_audit
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.personal_data import contact_export, subject_of
from whatsapp_api.core.phones import BadPhone


class Command(BaseCommand):
    help = "Prints everything that is stored about a phone number, as JSON, one object for each workspace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone")
        parser.add_argument("--workspace", help="only this one (id)")

    def handle(self, *args: Any, **options: Any) -> None:
        for workspace_id in workspaces(options["workspace"]):
            try:
                found = contact_export(subject_of(workspace_id, options["phone"]))
            except BadPhone as error:
                raise CommandError(str(error)) from error
            command_audit("contact_export", "contact", {}, {}, workspace_id=workspace_id)
            self.stdout.write(json.dumps({"workspace": str(workspace_id), **found}, ensure_ascii=False, indent=2))


def workspaces(chosen: str | None) -> list[Any]:
    """The ids of all of them, or of the chosen one."""
    rows = Workspace.objects.filter(pk=chosen) if chosen else Workspace.objects.all()
    return list(rows.order_by("id").values_list("pk", flat=True))
