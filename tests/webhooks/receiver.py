"""Somebody else's server: takes deliveries and answers as a test tells it to.

    python -m tests.webhooks.receiver PORT LOG [FAULTS]

As a program it writes what it accepted to LOG, a JSON line each, and fails at the rate FAULTS (0 to 1) in every way.
Verification is written from docs/webhooks.md alone.
"""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

HOST = "127.0.0.2"  # what the platform of the end-to-end tests may call
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Request:
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event


def verified(request: Request, secret: str, now: float | None = None) -> bool:
    """As docs/webhooks.md says: HMAC of `<timestamp>.<body>`, not older than five minutes."""
    timestamp = request.headers["x-webhook-timestamp"]
    if abs((now or time.time()) - int(timestamp)) > 300:
        return False
    for bits, algorithm in (("256", hashlib.sha256), ("512", hashlib.sha512)):
        expected = hmac.new(secret.encode(), timestamp.encode() + b"." + request.body, algorithm).hexdigest()
        given = request.headers[f"x-webhook-signature-{bits}"].split(", ")
        if not any(hmac.compare_digest(f"sha{bits}={expected}", each) for each in given):
            return False
    return True


class Answer:
    """What to do about a request: a status line, or a fault; `held` waits for `Receiver.let_go`."""

    def __init__(self, status: int = 200, *, headers: str = "", body: str = "ok", fault: str = "") -> None:
        self.fault = fault
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self.data = (head + body).encode()


class Receiver:
    """`with Receiver() as receiver:` in a thread of its own; `answer` decides, `accepted` is what got a 2xx."""

    def __init__(
        self, port: int = 0, host: str = "127.0.0.1", answer: Callable[[Request], Answer | None] = lambda request: None
    ) -> None:
        self.answer = answer
        self.accepted: list[Request] = []
        self.requests: list[Request] = []
        self.port = port
        self._host = host
        self.most_at_once = 0
        self._now = 0
        self._up = threading.Event()
        self._ended = asyncio.Event()
        self._let_go = asyncio.Event()
        self._loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}/hook"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._up.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(5)

    def let_go(self) -> None:
        self._loop.call_soon_threadsafe(self._let_go.set)

    def events(self) -> list[dict[str, Any]]:
        return [request.event for request in list(self.accepted)]

    def wait(self, count: int, timeout: float = 60) -> list[dict[str, Any]]:
        """At least `count` accepted deliveries."""
        self.until(lambda: len(self.accepted) >= count, f"{count} deliveries", timeout)
        return self.events()

    def until(self, condition: Callable[[], bool], what: str, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {len(self.accepted)} of {len(self.requests)} accepted"
            time.sleep(0.01)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._live())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _live(self) -> None:
        server = await asyncio.start_server(self._serve, self._host, self.port, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        await self._ended.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                try:
                    await self._handle(request, writer)
                finally:
                    self._now -= 1
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _handle(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        answer = self.answer(request)
        if answer is None:
            self.accepted.append(request)
            writer.write(OK)
        elif answer.fault == "held":
            await self._let_go.wait()
            writer.write(OK)
        elif answer.fault:
            await _fail(answer.fault, writer)
        else:
            if answer.data.startswith(b"HTTP/1.1 2"):
                self.accepted.append(request)
            writer.write(answer.data)
        await writer.drain()


async def _fail(fault: str, writer: asyncio.StreamWriter) -> None:
    if fault == "hang":
        await asyncio.sleep(3600)
    elif fault == "reset":
        writer.transport.abort()
    elif fault == "drip":  # a status line that never ends
        for byte in b"HTTP/1.1 200 OK":
            if writer.is_closing():
                break
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)
    raise ConnectionResetError


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Request(headers, await reader.readexactly(int(headers.get("content-length", "0"))))


def main() -> None:
    port, path, faults = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    log = Path(path).open("ab", buffering=0)  # noqa: SIM115 - until the process ends
    kinds = [Answer(500), Answer(503), Answer(fault="reset"), Answer(fault="hang"), Answer(fault="drip")]

    def answer(request: Request) -> Answer | None:
        if random.random() < faults:
            return random.choices(kinds, [6, 2, 6, 1, 1])[0]
        line = {"at": request.at, "headers": request.headers, "body": request.body.decode()}
        log.write(json.dumps(line).encode() + b"\n")
        return None

    with Receiver(port, HOST, answer):
        threading.Event().wait()


if __name__ == "__main__":
    main()
