"""`make bench [ARGS="--database mongodb --scale 0.5"]`"""

import argparse
import json
import os
import platform as machine
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sessions_app.sandbox.client import SandboxClient
from tests.bench.figures import milliseconds, p50, table
from tests.bench.platform_figures import measure
from tests.e2e.platform import Platform
from whatsapp_api.ops import mongod


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--scale", type=float, default=1.0, help="fewer (0.1) or more (10) samples")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True)))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        running = stack.enter_context(Platform(folder, database_url=url, DJANGO_DEBUG="0"))
        raw = measure_raw(running, folder, options.scale)
        ours = measure(running, options.scale)
    print(f"{machine.machine()}, {os.cpu_count()} cores, Python {machine.python_version()}, {options.database}\n")
    print(report(ours, raw))


def measure_raw(running: Platform, folder: Path, scale: float) -> dict[str, Any]:
    proxy = SandboxClient(running.sandbox_url).trust()["proxy"]
    result = folder / "raw.json"
    command = [
        sys.executable,
        "-m",
        "tests.bench.raw_neonize",
        running.sandbox_url,
        str(folder),
        str(result),
        str(scale),
    ]
    # Go sees the environment as it was at exec.
    environment = os.environ | {"HTTPS_PROXY": proxy, "NO_PROXY": "", "NEONIZE_BOT_TAG": "off"}
    subprocess.run(command, env=environment, check=True, timeout=600, stdout=subprocess.DEVNULL)
    figures: dict[str, Any] = json.loads(result.read_text())
    return figures


def report(ours: dict[str, Any], raw: dict[str, Any]) -> str:
    overhead = (p50(ours["send"]) - p50(raw["send"])) * 1000
    rows = [
        ("figure", "platform", "raw neonize", "ratio"),
        ("start to QR, p50 / p95", milliseconds(ours["qr"]), milliseconds(raw["qr"]), ratio(ours["qr"], raw["qr"])),
        (
            "send until sent, p50 / p95",
            milliseconds(ours["send"]),
            milliseconds(raw["send"]),
            ratio(ours["send"], raw["send"]),
        ),
        ("send overhead, p50", f"{overhead:.1f} ms", "", ""),
        (
            "inbound to WebSocket, p50 / p95",
            milliseconds(ours["inbound"]),
            milliseconds(raw["inbound"]),
            ratio(ours["inbound"], raw["inbound"]),
        ),
        *(
            (
                f"sends per second, {count} session{'s' if count > 1 else ''}",
                f"{ours[f'rate_{count}']:.0f}",
                f"{raw[f'rate_{count}']:.0f}",
                f"{ours[f'rate_{count}'] / raw[f'rate_{count}']:.2f}",
            )
            for count in (1, 10)
        ),
    ]
    return table(rows)


def ratio(ours: list[float], raw: list[float]) -> str:
    return f"{p50(ours) / p50(raw):.1f}"


if __name__ == "__main__":
    main()
