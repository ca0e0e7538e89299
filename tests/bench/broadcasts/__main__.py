"""`make bench-broadcasts [ARGS="--database mongodb --recipients 100000 --sessions 5"]`"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from whatsapp_api.ops import mongod


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-broadcasts")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=5)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        environment = os.environ | {
            "DATA_DIR": folder,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "whatsapp_api.settings",
            "LOG_LEVEL": "ERROR",
        }
        run = [sys.executable, "-m", "tests.bench.broadcasts.parts.run", str(options.recipients), str(options.sessions)]
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True, timeout=300)
        subprocess.run(run, env=environment, check=True, timeout=7200)


if __name__ == "__main__":
    main()
