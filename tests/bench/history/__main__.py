"""`make bench-history [ARGS="--database mongodb --messages 1000000 --chats 10000"]`"""

import argparse
import os
import platform as machine
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.figures import table
from tests.bench.history.requests import HEAD, measure
from tests.e2e.api import Api
from tests.e2e.platform import Platform
from whatsapp_api.ops import mongod


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-history")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True)))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        running = stack.enter_context(Platform(folder, database_url=url, DJANGO_DEBUG="0"))
        api = Api(running)
        session = api.session_create("Many messages")["id"]
        began = time.monotonic()
        in_project("fill", running, url, session, str(options.chats), str(options.messages))
        filled = time.monotonic() - began
        print(f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}, {options.database}")
        print(f"{options.messages:,} messages in {options.chats:,} chats, stored in {filled:.0f} s\n", flush=True)
        print(table([HEAD, *measure(api, session, options.requests)]), flush=True)
        print("\nHow the database finds them:\n", flush=True)
        in_project("plans", running, url, session)


def in_project(module: str, running: Platform, url: str, *arguments: str) -> None:
    """Run a module of this package with Django on the platform's database."""
    environment = os.environ | {
        "DATA_DIR": str(running.data_dir),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "whatsapp_api.settings",
    }
    command = [sys.executable, "-m", f"tests.bench.history.{module}", *arguments]
    subprocess.run(command, env=environment, check=True, timeout=3600)


if __name__ == "__main__":
    main()
