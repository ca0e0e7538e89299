"""What the proofs share: a platform that may call this machine, receivers and publishers as processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.api import Api
from tests.e2e.platform import Platform
from tests.webhooks.receiver import HOST
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port


class Log:
    """A receiver in a process of its own, and what it accepted."""

    def __init__(self, folder: Path, *, faults: float = 0.0) -> None:
        self.port = free_port()
        self.path = folder / f"received-{self.port}.jsonl"
        self.path.touch()
        self._faults = faults
        self._read = 0
        self._lines: list[dict[str, Any]] = []
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/hook"

    def start(self) -> "Log":
        command = [sys.executable, "-m", "tests.webhooks.receiver", str(self.port), str(self.path), str(self._faults)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, preexec_fn=die_with_parent)
        return self

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            stop_child(self._process, grace=3)

    def __enter__(self) -> "Log":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def lines(self) -> list[dict[str, Any]]:
        """Accepted deliveries so far: `at`, `headers`, `body`."""
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._lines.append(json.loads(line))
        return self._lines

    def numbers(self) -> list[int]:
        """Of the events, in the order of their arrival."""
        events = (json.loads(line["body"]) for line in self.lines())
        return [event["payload"]["number"] for event in events if event["event"] == "message"]

    def wait(self, count: int, timeout: float) -> float:
        """Until `count` different events have come; seconds that it took."""
        began = time.monotonic()
        while len(self.lines()) < count or len(set(self.numbers())) < count:
            taken = time.monotonic() - began
            assert taken < timeout, f"{len(set(self.numbers()))} of {count} events after {taken:.0f} s"
            time.sleep(0.1)
        return time.monotonic() - began


@contextmanager
def publishing(platform: Platform, session_id: str, count: int, *, rate: float, chats: int) -> Iterator[Any]:
    """A publisher with the platform's own settings."""
    arguments = [session_id, str(count), str(rate), str(chats)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.webhooks.publisher", *arguments],
        cwd=REPOSITORY,
        env=settings_of(platform),
        preexec_fn=die_with_parent,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        stop_child(process, grace=1)


def settings_of(platform: Platform) -> dict[str, str]:
    """The environment of the platform's own processes; its Redis is the bundled one."""
    environment = dict(platform.environment)
    environment.pop("DJANGO_DEBUG", None)
    return environment | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def webhook(api: Api, url: str, **fields: Any) -> dict[str, Any]:
    created: dict[str, Any] = api.post("/webhooks", {"url": url, "events": ["message"], **fields})
    return created


def memory_mb(platform: Platform) -> float:
    """PSS of the delivery worker and its pool, in MB."""
    import psutil

    parent = psutil.Process(platform.pid("worker"))
    family = [parent, *parent.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family) / 2**20
