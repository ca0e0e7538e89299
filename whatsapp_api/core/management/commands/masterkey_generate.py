"""Make a master key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from whatsapp_api.core import master_key_file
from whatsapp_api.core.command_trail import command_told
from whatsapp_api.core.master_key import keyring

NEXT = "Now run `manage.py masterkey_rotate`. Keep the old key until it says that nothing needs it."


class Command(BaseCommand):
    help = "Prints a new master key; with --add, puts it first into the key file that is in use instead."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--add", action="store_true", help="write it to the key file, before the present keys")

    def handle(self, *args: Any, add: bool, **options: Any) -> None:
        if not add:
            self.stdout.write(master_key_file.generate())
            return
        keys = keyring()
        keys.keys()  # a malformed file is better mended than extended
        if keys.source.path is None:
            raise CommandError("The keys are in MASTER_KEY: put the new one before them there, separated by a comma.")
        try:
            master_key_file.add(keys.source.path)
        except OSError as error:
            raise CommandError(f"{keys.source.path} cannot be written: {error.strerror}.") from error
        command_told("masterkey_generate", after={"master_key": keys.current().id})
        self.stdout.write(f"Key {keys.current().id} is now the first in {keys.source.path}. {NEXT}")
