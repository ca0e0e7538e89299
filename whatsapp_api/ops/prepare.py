"""Before the processes start: the database up to date, static files in place, an administrator who can log in."""

import os

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
    django.setup()
    # One process for all three: loading Django takes longer than any of them when there is nothing to do.
    call_command("migrate", interactive=False)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("ensure_admin")


if __name__ == "__main__":
    main()
