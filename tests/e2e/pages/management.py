"""`python -m tests.e2e.pages.management FILE`: the commands of manage.py in a file, one a line."""

import os
import shlex
import sys
from pathlib import Path


def main(file: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "whatsapp_api.settings"
    import django
    from django.core.management import call_command

    django.setup()
    for line in file.read_text().splitlines():
        print(f"$ manage.py {line}", flush=True)
        call_command(*shlex.split(line))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
