"""The server's end of one WebSocket connection, parsed by wsproto."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from sessions_app.sandbox.server.http import Request

READ_SIZE = 1 << 16


class WebSocket:
    """Binary messages in and out. The permessage-deflate that clients offer is declined."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._protocol.initiate_upgrade_connection(request.raw_headers, request.target)
        self._closed = self._ended = False

    def accept(self) -> None:
        """Answer the upgrade request."""
        for _ in self._protocol.events():
            pass
        self._writer.write(self._protocol.send(AcceptConnection()))

    async def receive(self) -> bytes | None:
        """The next piece of binary data (a message or a part of one); None when the connection is over."""
        while not self._ended:
            try:
                data = await self._reader.read(READ_SIZE)
            except OSError:
                return None
            if not data:
                return None
            received = self._feed(data)
            if received:
                return received
        return None

    def _feed(self, data: bytes) -> bytes:
        """What a client sent before its close frame still counts, even when both arrive together."""
        try:
            self._protocol.receive_data(data)
            return b"".join(self._binary())
        except RemoteProtocolError:
            self._ended = True
            return b""

    def _binary(self) -> Iterator[bytes]:
        for event in self._protocol.events():
            if isinstance(event, BytesMessage):
                yield bytes(event.data)
            else:
                self._control(event)

    def _control(self, event: Event) -> None:
        if isinstance(event, Ping):
            self._writer.write(self._protocol.send(event.response()))
        elif isinstance(event, CloseConnection):
            self._ended = True
            self._writer.write(self._protocol.send(event.response()))
        elif isinstance(event, TextMessage):
            raise RemoteProtocolError("text message")

    def send(self, data: bytes) -> None:
        """Queue one binary message."""
        if not self._closed and not self._writer.is_closing():
            self._writer.write(self._protocol.send(BytesMessage(data=data)))

    async def drain(self) -> None:
        """Wait until the client has taken enough of what was sent."""
        await self._writer.drain()

    def gone(self) -> bool:
        """Whether the client's end is known to be closed."""
        return self._closed or self._ended or self._writer.is_closing() or self._reader.at_eof()

    def close(self, code: int = 1000) -> None:
        """Close politely."""
        if not self.gone():
            try:
                self._writer.write(self._protocol.send(CloseConnection(code=code)))
            except LocalProtocolError:
                pass
        self._closed = True
        self._writer.close()

    @property
    def writer(self) -> asyncio.StreamWriter:
        """The stream below."""
        return self._writer
