"""Clear away sessions that nobody uses, and files that no session speaks of."""

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.cleanup.files import Orphan, files_clean, files_orphaned
from sessions_app.cleanup.limits import limits
from sessions_app.cleanup.sessions import Old, sessions_clean, sessions_old
from sessions_app.cleanup.stores import stores_note
from whatsapp_api.core.command_trail import command_told


class Command(BaseCommand):
    help = (
        "Stops sessions that were never linked, are not linked any more or are idle (CLEANUP_UNPAIRED_HOURS, "
        "CLEANUP_LOGGED_OUT_DAYS, CLEANUP_IDLE_DAYS). With CLEANUP_REMOVE it removes them, and stores on this machine "
        "and snapshots that belong to no session."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--remove", action="store_true", help="as if CLEANUP_REMOVE were set")
        parser.add_argument(
            "--unknown", action="store_true", help="also remove files of which this database never knew a session"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")

    def handle(self, *args: Any, dry_run: bool, remove: bool, unknown: bool, as_json: bool, **options: Any) -> None:
        chosen = limits()
        chosen = dataclasses.replace(chosen, remove=chosen.remove or remove)
        stores_note()
        if dry_run:
            sessions: list[Old] = list(sessions_old(chosen))
            files = [dataclasses.replace(orphan, known=orphan.known or unknown) for orphan in files_orphaned()]
        else:
            sessions = sessions_clean(chosen)
            files = files_clean(unknown=unknown) if chosen.remove else []
            after = {"sessions": [str(old.session.pk) for old in sessions], "files": len(files)}
            command_told("sessions_cleanup", after=after)
        self.stdout.write(_json(sessions, files, dry_run) if as_json else _text(sessions, files, dry_run))
        if dry_run and files and not chosen.remove:
            self.stderr.write("Files are removed only with --remove, or CLEANUP_REMOVE=1.")


def _text(sessions: Iterable[Old], files: Iterable[Orphan], dry_run: bool) -> str:
    lines = [str(each) for each in (*sessions, *files)]
    head = "Would do:" if dry_run else "Done:"
    return "\n".join([head, *(f"  {line}" for line in lines)]) if lines else "There is nothing to clean up."


def _json(sessions: Iterable[Old], files: Iterable[Orphan], dry_run: bool) -> str:
    found = {
        "dry_run": dry_run,
        "sessions": [
            {"session": str(old.session.pk), "name": old.session.name, "why": old.why.name.lower(), "step": old.step}
            for old in sessions
        ],
        "files": [{"name": orphan.name, "known": orphan.known} for orphan in files],
    }
    return json.dumps(found, indent=2)
