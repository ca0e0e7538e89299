"""The quick receiver from the outside."""

import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.webhooks.receiver import HOST
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port


class Quick:
    """`count` accepted deliveries; `latencies` from the publisher's clock to the receiver's."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.path = folder / f"quick-{self.port}.log"
        self.path.touch()
        self.url = f"http://{HOST}:{self.port}/hook"
        self._down = self.path.with_suffix(".down")
        self._read = self._lines = 0

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.bench.webhooks.quick_receiver", str(self.port), str(self.path)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, preexec_fn=die_with_parent)
        time.sleep(0.5)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        stop_child(self._process, grace=3)

    def close_door(self) -> None:
        self._down.touch()

    def open_door(self) -> None:
        self._down.unlink()

    def count(self) -> int:
        with self.path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        self._read += len(data)
        self._lines += data.count(b"\n")
        return self._lines

    def wait(self, count: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while (now := self.count()) < count:
            assert time.monotonic() < deadline, f"{now} of {count} deliveries"
            time.sleep(0.1)

    def arrivals(self) -> list[tuple[float, int, float]]:
        """Arrival, number and time of publishing of each."""
        found = []
        with self.path.open("rb") as file:
            for line in file:
                at, _, body = line.partition(b" ")
                payload = json.loads(body)["payload"]
                found.append((float(at), payload["number"], payload.get("at", 0.0)))
        return found

    def latencies(self, since: float = 0.0, until: float = math.inf) -> list[float]:
        """Of events published in between."""
        return [at - published for at, _, published in self.arrivals() if since <= published < until]
