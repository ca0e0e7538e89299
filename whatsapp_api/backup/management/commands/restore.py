"""Put a backup into an empty place."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from whatsapp_api.backup import create
from whatsapp_api.backup.container import Damaged
from whatsapp_api.backup.mongo_archive import ArchiveDamaged
from whatsapp_api.backup.restore import CannotRestore, backup_restore
from whatsapp_api.core.command_trail import command_told
from whatsapp_api.core.master_key import MasterKeyError

TWICE = (
    "Its sessions stay stopped: an account that is connected here and there disturbs itself, and loses messages. "
    "If the platform that was saved is gone for good, start them; next time, `--the-original-is-gone` does."
)


class Command(BaseCommand):
    help = "Restores a backup (`last`: the newest) into an empty database, with credentials and media."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", help="id as `backup --list` shows it, or `last`")
        parser.add_argument(
            "--the-original-is-gone",
            action="store_true",
            dest="resume",
            help="let the sessions connect again by themselves; never while the saved platform may still run",
        )

    def handle(self, *args: Any, backup: str, resume: bool, **options: Any) -> None:
        known = create.backups()
        if not known:
            raise CommandError("There is no backup at BACKUP_DIR.")
        try:
            done = backup_restore(known[-1] if backup == "last" else backup, resume=resume)
        except (CannotRestore, Damaged, ArchiveDamaged, MasterKeyError) as error:
            raise CommandError(str(error)) from error
        command_told("restore", target=f"backup:{done.manifest.id}", after={"resume": resume, "stopped": done.stopped})
        self.stdout.write(f"Restored {sum(done.rows.values())} rows and {done.files} files of {done.manifest.made_at}.")
        if done.doubtful:
            self.stdout.write(f"{done.doubtful} messages that waited are unconfirmed: look before you send them again.")
        if done.stopped:
            self.stdout.write(f"{done.stopped} sessions were started. {TWICE}")
