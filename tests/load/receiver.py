"""Webhook receivers: one small HTTP server, a path for each."""

import asyncio
import json
import time
from datetime import datetime

from tests.load.record import Record

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"


class Receiver:
    """Counts deliveries and how old their events are."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, host: str) -> None:
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
                writer.write(ANSWER)
                await writer.drain()
                self._take(json.loads(body))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    def _take(self, event: dict[str, str]) -> None:
        self._record.counts["webhooks"] += 1
        at = datetime.fromisoformat(event["timestamp"])
        self._record.took("webhook", max(0.0, time.time() - at.timestamp()))
