"""The one port: looks at the first byte of a connection and serves what it is.

HTTP requests are the control API, `CONNECT` and SOCKS5 lead through TLS to the WebSocket and to the media server.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

from sessions_app.sandbox.server.connection import Connection
from sessions_app.sandbox.server.faults import Faults
from sessions_app.sandbox.server.http import HttpStream, Request, Response
from sessions_app.sandbox.server.media import MediaStore
from sessions_app.sandbox.server.sockets import reset
from sessions_app.sandbox.server.socks import SOCKS_VERSION, SocksError, SocksServer
from sessions_app.sandbox.server.stats import Stats
from sessions_app.sandbox.server.trust import HOST
from sessions_app.sandbox.server.websocket import WebSocket

log = logging.getLogger(__name__)
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SOCKET_PATH = "/ws/chat"
Control = Callable[[Request], Awaitable[Response]]


class Listener:
    """Serves accepted connections; knows nothing of WhatsApp beyond the host and the path of its socket."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext,
        faults: Faults,
        stats: Stats,
        media: MediaStore,
        control: Control,
        connect: Callable[[WebSocket], Connection],
    ) -> None:
        self._tls, self._faults, self._stats = tls, faults, stats
        self._media, self._control, self._connect = media, control, connect
        self._tunnels: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # -- life ---------------------------------------------------------------------------------------------------
    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one TCP connection until it ends."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError, SocksError) as error:
            log.debug("connection ended: %s", error)
        except asyncio.CancelledError:
            # We are closing. Passed on, Python 3.11's streams would log it as an error of their own.
            log.debug("connection ended with the sandbox")
        finally:
            self._tasks.discard(task)
            self._tunnels.discard(writer)
            writer.close()

    def reset_tunnels(self) -> None:
        """Cut every proxied connection."""
        for writer in list(self._tunnels):
            reset(writer)

    async def close(self) -> None:
        """End every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- first byte ---------------------------------------------------------------------------------------------
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        if first == bytes((SOCKS_VERSION,)):
            socks = SocksServer(reader, writer)
            await self._tunnel(await socks.target(), reader, writer, socks.granted, socks.denied)
        elif first:
            await self._http(HttpStream(reader, writer, first))

    async def _http(self, stream: HttpStream) -> None:
        while (request := await stream.request()) is not None:
            if request.method == "CONNECT":
                refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
                return await self._tunnel(request.target, stream.reader, stream.writer, ESTABLISHED, refusal)
            if not await stream.respond(await self._plain(request)):
                return None
        return None

    async def _plain(self, request: Request) -> Response:
        if request.target.startswith("/"):
            return await self._control(request)
        self._stats.refused(request.target.split("/")[2] if request.target.count("/") > 1 else request.target)
        return Response(403)

    # -- tunnels ------------------------------------------------------------------------------------------------
    async def _tunnel(
        self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, granted: bytes, denied: bytes
    ) -> None:
        if self._faults.take("refuse"):
            return reset(writer)
        if target != f"{HOST}:443":
            self._stats.refused(target)
            log.warning("refused a connection to %s", target)
            writer.write(denied)
            return await writer.drain()
        writer.write(granted)
        await writer.drain()
        await writer.start_tls(self._tls, ssl_handshake_timeout=30)
        self._tunnels.add(writer)
        return await self._inner(HttpStream(reader, writer))

    async def _inner(self, stream: HttpStream) -> None:
        while (request := await stream.request()) is not None:
            if request.path == SOCKET_PATH and "upgrade" in request.headers:
                return await self._websocket(stream, request)
            if not await stream.respond(self._media_answer(request)):
                return None
        return None

    def _media_answer(self, request: Request) -> Response:
        if request.method == "GET" and (fault := self._faults.take("media_gone")):
            return Response(int(fault.options.get("error", 410)))
        return self._media.handle(request)

    async def _websocket(self, stream: HttpStream, request: Request) -> None:
        if fault := self._faults.take("hang_upgrade"):
            await self._faults.over(fault)
            return
        socket = WebSocket(stream.reader, stream.writer, request)
        socket.accept()
        self._stats.count("connections")
        await self._connect(socket).run()
