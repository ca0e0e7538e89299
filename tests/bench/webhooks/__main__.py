"""`make bench-webhooks [ARGS="--database mongodb --scale 0.1"]`: the full size of what tests/e2e does moderately."""

import argparse
import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.webhooks import chaos, speed
from tests.e2e.api import Api
from tests.e2e.platform import Platform
from tests.webhooks.receiver import HOST
from whatsapp_api.ops import mongod

PARTS = ("latency", "saturation", "outage", "chaos")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-webhooks")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--down", type=float, default=120, help="seconds of the outage; 3600 for an hour")
    parser.add_argument("--only", choices=PARTS, nargs="*", default=list(PARTS))
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True)))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        running = stack.enter_context(
            Platform(
                folder,
                database_url=url,
                DJANGO_DEBUG="0",
                OUTGOING_PRIVATE_ALLOWED=HOST,
                JWT_ACCESS_MINUTES="1440",  # an outage may last for hours
            )
        )
        print(f"{options.database}, load {os.getloadavg()[0]:.1f}", flush=True)
        for name in options.only:
            print(
                name, json.dumps(measure(name, running, folder, options.scale, options.down), default=str), flush=True
            )


def measure(name: str, platform: Platform, folder: Path, scale: float, down: float) -> dict[str, object]:
    api = Api(platform)
    if name == "latency":
        seconds = max(4, int(60 * scale))
        return {
            order: speed.latency(platform, api, folder, seconds=seconds, order=order) for order in ("strict", "fast")
        }
    if name == "saturation":
        return speed.saturation(platform, api, folder, events=int(10_000 * scale))
    if name == "outage":
        return speed.outage(platform, api, folder, events=int(100_000 * scale), down=down)
    events = int(10_000 * scale)
    return chaos.prove(platform, folder, events=events, faults=0.2, rate=40, kill_every=5, timeout=1200)


if __name__ == "__main__":
    main()
