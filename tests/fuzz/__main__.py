"""`make fuzz [ARGS="--examples 100 --database mongodb"]`: thousands of generated requests against the platform."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.platform import Platform
from tests.fuzz import campaign
from whatsapp_api.ops import mongod


def main() -> None:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--examples", type=int, default=50, help="requests per operation and phase")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-fuzz-", ignore_cleanup_errors=True)))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        running = stack.enter_context(Platform(folder, database_url=url))
        outcome = campaign.run(running, folder, examples=options.examples, phases=options.phases, seed=options.seed)
        log = running.logs("web")
    print(outcome.output)
    print(f"messages that went astray: {len(outcome.strays)} {outcome.strays[:10]}")
    errors = [line for line in log.splitlines() if "Traceback" in line or "ERROR" in line]
    print(f"errors in the log of web: {len(errors)}", *errors[:20], sep="\n")
    sys.exit(0 if outcome.passed and not outcome.strays else 1)


main()
