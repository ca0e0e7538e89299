"""What the brokers have in common."""

import json
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.webhooks.receiver import Request
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port

START_SECONDS = 200  # RabbitMQ on a busy machine
USERNAME, PASSWORD = "events", "p@ss/word"


class Broker(ABC):
    """`with`: a server of its own on loopback. `fresh` empties it between tests."""

    scheme = ""
    query = ""
    username = ""

    def __init__(self) -> None:
        self.port = free_port()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        folder = tempfile.TemporaryDirectory(prefix="wa-broker-", ignore_cleanup_errors=True)
        self.folder = Path(self._stack.enter_context(folder))
        self.begin()
        self._until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def url(self, port: int | None = None) -> str:
        return f"{self.scheme}://127.0.0.1:{port or self.port}{self.query}"

    def run(self, command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """A process until the end; its output is a file in the folder."""
        with (self.folder / "output.log").open("ab") as output:
            child = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        self._stack.callback(stop_child, child)
        return child

    def numbers(self) -> list[int]:
        return [json.loads(each.body)["payload"]["number"] for each in self.received()]

    def wait(self, count: int, timeout: float = 60) -> list[Request]:
        """At least `count` different events."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.received()
            if len({each.headers["x-webhook-id"] for each in found}) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {count} events"
            time.sleep(0.05)

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self.fresh()
            except Exception as error:
                if time.monotonic() > deadline:
                    raise AssertionError((self.folder / "output.log").read_text()[-3000:]) from error
                time.sleep(0.1)

    @abstractmethod
    def begin(self) -> None: ...

    @abstractmethod
    def fresh(self) -> None: ...

    @abstractmethod
    def received(self) -> list[Request]: ...

    @abstractmethod
    def refuse(self) -> None:
        """From now on it answers, but takes no event."""

    @abstractmethod
    def accept(self) -> None:
        """The end of `refuse`."""


def request(headers: Mapping[Any, Any], body: bytes) -> Request:
    """As the HTTP receiver has it: names in lower case."""
    return Request({_text(name).lower(): _text(value) for name, value in headers.items()}, body)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
