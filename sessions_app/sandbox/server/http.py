"""HTTP/1.1 requests and responses on an asyncio stream, parsed by h11."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

MAX_BODY = 256 << 20
READ_SIZE = 1 << 16


@dataclass(slots=True)
class Request:
    """One request with its whole body."""

    method: str
    target: str
    headers: dict[str, str]
    raw_headers: list[tuple[bytes, bytes]]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        """The decoded parts of the path."""
        return [unquote(part) for part in self.path.split("/") if part]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; the last one of a name counts."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(slots=True)
class Response:
    """One response with its whole body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class HttpStream:
    """The server's end of one HTTP/1.1 connection; `start` are bytes that were read from it already."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, start: bytes = b"") -> None:
        self.reader, self.writer = reader, writer
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
        if start:
            self._h11.receive_data(start)

    async def request(self) -> Request | None:
        """The next request; None when the client has gone or does not speak HTTP."""
        try:
            if self._h11.our_state is h11.DONE:
                self._h11.start_next_cycle()
            event = await self._event()
            return await self._read(event) if isinstance(event, h11.Request) else None
        except (h11.ProtocolError, ConnectionError, asyncio.IncompleteReadError):
            return None

    async def _read(self, head: h11.Request) -> Request:
        raw = [(bytes(name), bytes(value)) for name, value in head.headers]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
        request = Request(head.method.decode(), head.target.decode("latin-1"), headers, raw)
        if head.method == b"CONNECT" or "upgrade" in headers:
            return request
        request.body = await self._body()
        return request

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise h11.RemoteProtocolError("body too long", error_status_hint=413)
        return bytes(body)

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            if self._h11.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._h11.receive_data(await self.reader.read(READ_SIZE))
        return event

    async def respond(self, response: Response) -> bool:
        """Send a response; False when no further request can follow."""
        headers = {"content-length": str(len(response.body)), **response.headers}
        pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self._send(h11.Response(status_code=response.status, headers=pairs))
        await self._send(h11.Data(data=response.body))
        await self._send(h11.EndOfMessage())
        return self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE

    async def _send(self, event: h11.Event) -> None:
        data = self._h11.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()
