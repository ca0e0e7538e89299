"""Create the first administrator, and print the password that only this once is known."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand

from whatsapp_api.accounts.audit.commands import command_audit
from whatsapp_api.accounts.services import admin_ensure
from whatsapp_api.core import env


class Command(BaseCommand):
    help = "Creates the user ADMIN_USERNAME (default admin) unless a superuser exists, and prints the password once."

    def handle(self, *args: Any, **options: Any) -> None:
        username = env.text("ADMIN_USERNAME", "admin")
        given = env.text("ADMIN_PASSWORD")
        password = given or secrets.token_urlsafe(12)
        made = admin_ensure(username=username, password=password)
        if made is None:
            return
        command_audit("ensure_admin", f"user:{made.pk}", {}, {"username": username, "is_superuser": True})
        shown = "the password from ADMIN_PASSWORD" if given else f"password {password} (shown this once)"
        self.stdout.write(f"Administrator created: user {username}, {shown}")
