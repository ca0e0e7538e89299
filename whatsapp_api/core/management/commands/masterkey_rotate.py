"""Seal every secret anew under the current master key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from whatsapp_api.core import sealed_fields
from whatsapp_api.core.command_trail import command_told
from whatsapp_api.core.master_key import keyring


class Command(BaseCommand):
    help = (
        "Re-wraps all data keys and sealed secrets under the first master key. Safe while the platform runs; "
        "it can be interrupted and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be changed")
        parser.add_argument("--page", type=int, default=sealed_fields.PAGE, help="rows read at a time")

    def handle(self, *args: Any, dry_run: bool, page: int, **options: Any) -> None:
        results = [sealed_fields.rotate(f, dry_run=dry_run, page=page) for f in sealed_fields.sealed_fields()]
        for result in results:
            self.stdout.write(_line(result, dry_run=dry_run))
        if not dry_run:
            command_told("masterkey_rotate", after=_counts(results))
        if failed := [result.error for result in results if result.failed]:
            raise CommandError(f"Some secrets could not be read and were left as they are. {failed[0]}")
        if not dry_run:
            self._advise()

    def _advise(self) -> None:
        keys = keyring().keys()
        left = sum(sealed_fields.stale(field).count() for field in sealed_fields.sealed_fields())
        if left:
            self.stdout.write(f"{left} secrets were written meanwhile under an old key: run this again.")
        elif len(keys) > 1:
            old = ", ".join(key.id for key in keys[1:])
            self.stdout.write(
                f"Nothing in this database needs {old} any more; backups made before do. "
                f"Remove old keys from {keyring().source.name} when no such backup matters."
            )


def _counts(results: list[sealed_fields.Rotation]) -> dict[str, Any]:
    """For the audit trail, which masks what is called a secret: hence no names of fields."""
    names = ("resealed", "moved", "failed")
    return {name: sum(getattr(result, name) for result in results) for name in names} | {
        "master_key": keyring().current().id
    }


def _line(result: sealed_fields.Rotation, *, dry_run: bool) -> str:
    if dry_run:
        return f"{result.field}: {result.stale} to seal anew"
    return f"{result.field}: {result.resealed} sealed anew, {result.moved} changed meanwhile, {result.failed} failed"
