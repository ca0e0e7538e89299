"""uvicorn's protocol with an end to its wait for the headers of a request (`--http` in the Procfile).

Without one anybody holds connections, and with them file descriptors, for the price of a byte now and then. nginx ends
them in front of us; this is for those who have none.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0  # from the connection, and from the first byte of each further request; as deploy/nginx has it
LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class ImpatientProtocol(HttpToolsProtocol):
    """Bodies have a time of their own (`api_limits`), idle connections uvicorn's."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._patience is None:
            self._wait()

    def on_headers_complete(self) -> None:
        self._calm()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._patience = self.loop.call_later(HEADER_SECONDS, self._end)

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.write(LATE)
            self.transport.close()
