"""Save everything that the platform cannot do without."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from whatsapp_api.backup import create, restore, upkeep
from whatsapp_api.backup.container import Damaged
from whatsapp_api.core.command_trail import command_told
from whatsapp_api.core.master_key import MasterKeyError


class Command(BaseCommand):
    help = "Makes an encrypted backup of database, credentials and media; lists, checks or thins out those there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", dest="listed", help="show the backups")
        what.add_argument("--verify", metavar="ID", help="read one to its end, as a restore would; `last`: the newest")
        what.add_argument("--prune", action="store_true", help="remove all but the newest BACKUP_KEEP")

    def handle(self, *args: Any, listed: bool, verify: str | None, prune: bool, **options: Any) -> None:
        try:
            if listed:
                self._list()
            elif verify:
                self._verify(verify)
            elif prune:
                self._prune()
            else:
                made = create.backup_create()
                command_told("backup", target=f"backup:{made.id}")
                self._describe(made)
        except (Damaged, MasterKeyError) as error:
            raise CommandError(str(error)) from error

    def _prune(self) -> None:
        removed = upkeep.prune(settings.BACKUP_KEEP)
        command_told("backup", after={"removed": removed})
        self.stdout.write(f"Removed: {', '.join(removed) or 'nothing'}")

    def _list(self) -> None:
        for backup_id in create.backups():
            self._describe(create.manifest_read(backup_id))

    def _verify(self, backup_id: str) -> None:
        known = create.backups()
        if backup_id == "last":
            if not known:
                raise CommandError("There is no backup yet.")
            backup_id = known[-1]
        if wrong := restore.backup_verify(backup_id):
            raise CommandError("\n".join([f"Backup {backup_id} is damaged:", *wrong]))
        self.stdout.write(f"Backup {backup_id} is sound.")

    def _describe(self, manifest: create.Manifest) -> None:
        rows, count = sum(manifest.rows.values()), len(manifest.files)
        size = manifest.file_bytes / 2**20
        self.stdout.write(f"{manifest.id}  {manifest.engine}  {rows} rows  {count} files ({size:.1f} MB)")
