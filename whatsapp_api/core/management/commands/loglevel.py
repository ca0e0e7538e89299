"""`manage.py loglevel messaging=DEBUG`: more lines from a part of the platform, while it runs and for a time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from whatsapp_api.core.command_trail import command_told
from whatsapp_api.core.log_levels import levels_clear, levels_read, levels_set


class Command(BaseCommand):
    help = "Change log levels of all running processes for a time; without a level, show them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("levels", nargs="*", metavar="MODULE=LEVEL", help="`root` is everything else")
        parser.add_argument("--minutes", type=int, default=60, help="then they are as configured again (60)")
        parser.add_argument("--reset", action="store_true", help="as configured, now")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            levels_clear()
        elif options["levels"]:
            if options["minutes"] < 1:
                raise CommandError("--minutes must be at least 1.")
            try:
                levels_set(",".join(options["levels"]), seconds=options["minutes"] * 60)
            except ValueError as error:
                raise CommandError(f"{error}.") from None
        if options["reset"] or options["levels"]:
            after = {"levels": options["levels"], "minutes": 0 if options["reset"] else options["minutes"]}
            command_told("loglevel", after=after)
        self.stdout.write(levels_read() or "All levels are as configured.")
