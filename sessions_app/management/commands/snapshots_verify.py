"""Check that every snapshot can be read."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.snapshots.destroy import orphans
from sessions_app.snapshots.verify import snapshots_verify


class Command(BaseCommand):
    help = "Decrypts each snapshot in memory and checks its database; fails if one cannot be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--session", default="", help="id of one session")

    def handle(self, *args: Any, session: str, **options: Any) -> None:
        sound = failed = 0
        for verdict in snapshots_verify(session_id=session):
            snapshot = verdict.snapshot
            if verdict.error:
                failed += 1
                self.stderr.write(f"session {snapshot.session_id} version {snapshot.version}: {verdict.error}")
            else:
                sound += 1
        left = sum(1 for _ in orphans())
        self.stdout.write(f"{sound} sound, {failed} unreadable, {left} files that belong to no snapshot")
        if failed:
            raise CommandError(f"{failed} snapshots cannot be read.")
