"""`make bench-websockets [ARGS="--clients 500"]`: a phone's message until it is on every WebSocket of one web process.

Also a client that drops at random all the while, and must end with the exact list.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.bench.figures import p50, p95, table
from tests.bench.platform_figures import linked
from tests.e2e.api import Api
from tests.e2e.platform import Platform
from whatsapp_api.ops import mongod

HEAD = ("clients", "messages", "a second", "p50", "p95", "slowest", "web process CPU", "web process PSS")
OPENING_AT_ONCE = 20
MEGABYTE = 2**20


@dataclass(slots=True)
class Seen:
    """`sent`: when each text left the phone; `latencies`: until each client had it."""

    sent: dict[str, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    def take(self, message: str) -> None:
        now = time.perf_counter()
        if '"event":"message"' in message:
            self.latencies.append(now - self.sent[json.loads(message)["payload"]["text"]])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-websockets")
    parser.add_argument("--database", choices=["sqlite", "mongodb"], default="sqlite")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--messages", type=int, default=100)
    parser.add_argument("--rate", type=float, default=5.0, help="messages a second")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wa-bench-", ignore_cleanup_errors=True)))
        url = stack.enter_context(mongod.replica_set()) if options.database == "mongodb" else ""
        limit = str(options.clients + 10)
        running = stack.enter_context(
            Platform(folder, database_url=url, DJANGO_DEBUG="0", EVENT_CONNECTIONS_PER_USER=limit)
        )
        print(f"{options.database}, load {os.getloadavg()[0]:.1f}", flush=True)
        sandbox, api = SandboxClient(running.sandbox_url), Api(running)
        own, friend = sandbox.create_phone(), sandbox.create_phone()
        scene = Scene(running, api, linked(api, own), own, friend)
        rows = [uvloop.run(scene.measure(count, options.messages, options.rate)) for count in (1, options.clients)]
        print(table([HEAD, *rows]), flush=True)
        print(uvloop.run(scene.drops(options.messages * 5, options.rate * 10)), flush=True)


@dataclass(frozen=True, slots=True)
class Scene:
    platform: Platform
    api: Api
    session_id: str
    own: Phone
    friend: Phone

    async def measure(self, clients: int, messages: int, rate: float) -> tuple[str, ...]:
        seen = Seen()
        sockets = await self._open(clients)
        readers = [asyncio.create_task(_read(socket, seen)) for socket in sockets]
        web = psutil.Process(self.platform.pid("web"))
        cpu, began = sum(web.cpu_times()[:2]), time.perf_counter()
        await self._send(messages, rate, seen.sent)
        async with asyncio.timeout(60):
            while len(seen.latencies) < clients * messages:
                await asyncio.sleep(0.05)
        share = (sum(web.cpu_times()[:2]) - cpu) / (time.perf_counter() - began)
        pss = web.memory_full_info().pss / MEGABYTE
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*(socket.close() for socket in sockets))
        latencies = [each * 1000 for each in seen.latencies]
        figures = [f"{each:.1f} ms" for each in (p50(latencies), p95(latencies), max(latencies))]
        return (str(clients), str(messages), f"{rate:g}", *figures, f"{share * 100:.0f} %", f"{pss:.0f} MB")

    async def drops(self, messages: int, rate: float) -> str:
        """Breaks the connection without a word after a few messages, and asks for the rest by `since`."""
        sent: dict[str, float] = {}
        since = self.api.get("/events", limit=1)["last_sequence"]
        while page := self.api.get("/events", since=since, limit=200)["results"]:
            since = page[-1]["sequence"]
        sending = asyncio.create_task(self._send(messages, rate, sent))
        texts: list[str] = []
        connections = 0
        async with asyncio.timeout(messages / rate + 60):
            while len(texts) < messages:
                connections += 1
                since = await self._some(since, texts, random.randint(1, 40), messages)
        await sending
        assert texts == list(sent), "the client missed something, or got it twice"
        return f"{messages} messages over {connections} connections: the exact list"

    async def _some(self, since: int, texts: list[str], most: int, messages: int) -> int:
        socket = await connect(self._url(f"&since={since}&event=message"), additional_headers=self._headers())
        try:
            while most and len(texts) < messages:
                message = json.loads(await socket.recv())
                if message.get("event") == "message":
                    texts.append(message["payload"]["text"])
                    since, most = message["sequence"], most - 1
        finally:
            socket.transport.abort()
        return since

    async def _open(self, clients: int) -> list[ClientConnection]:
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def one() -> ClientConnection:
            async with gate:
                socket = await connect(self._url(), additional_headers=self._headers(), open_timeout=30)
                assert json.loads(await socket.recv())["type"] == "ready"
                return socket

        return await asyncio.gather(*(one() for _ in range(clients)))

    async def _send(self, messages: int, rate: float, sent: dict[str, float]) -> None:
        began = time.perf_counter()
        run = f"{began:.0f}"
        for number in range(messages):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            text = f"{run} {number}"
            sent[text] = time.perf_counter()
            await asyncio.to_thread(self.friend.send, self.own.number, text)

    def _url(self, more: str = "") -> str:
        return f"{self.platform.url.replace('http', 'ws')}/ws/events?session={self.session_id}{more}"

    def _headers(self) -> dict[str, Any]:
        return {"Authorization": f"Bearer {self.api.token}"}


async def _read(socket: ClientConnection, seen: Seen) -> None:
    try:
        async for message in socket:
            seen.take(str(message))
    except ConnectionClosed:
        pass


if __name__ == "__main__":
    main()
