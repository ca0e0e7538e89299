"""A proxy on loopback that asks for credentials, in front of the sandbox: HTTP CONNECT, that inside TLS, and SOCKS5.

A sandbox host has HTTPS_PROXY in its environment. An HTTP proxy of the session replaces it; through SOCKS5 the library
dials what HTTPS_PROXY names. Either way nothing reaches the sandbox past the session's proxy.
"""

import asyncio
import base64
import ssl
import threading
from typing import Self
from urllib.parse import quote, urlsplit

USERNAME, PASSWORD = "ana", "p@ss:w/ord"
DENIED = b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n'


class LocalProxy:
    """Leads every tunnel to the sandbox. `tunnels`: where clients went; `refused`: how many could not."""

    def __init__(self, sandbox_url: str, *, scheme: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(sandbox_url)
        self._upstream = (str(parts.hostname), int(parts.port or 0))
        self._scheme, self._tls = scheme, tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._clients: set[asyncio.Task[None]] = set()
        self.tunnels: list[str] = []
        self.refused = 0

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self._server = asyncio.run_coroutine_threadsafe(_result(listening), self._loop).result(60)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.go_away()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)

    @property
    def address(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    def url(self, username: str = USERNAME, password: str = PASSWORD) -> str:
        return f"{self._scheme}://{quote(username, safe='')}:{quote(password, safe='')}@localhost:{self.port}"

    def go_away(self) -> None:
        """Stop listening, and cut what is open."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)

    async def _close(self) -> None:
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    # -- one client ---------------------------------------------------------------------------------
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            dialogue = self._socks if self._scheme == "socks5" else self._http
            if target := await dialogue(reader, writer):
                await self._lead(target, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._clients.discard(task)
            writer.close()

    async def _refuse(self, writer: asyncio.StreamWriter, answer: bytes) -> str:
        self.refused += 1
        writer.write(answer)
        await writer.drain()
        return ""

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        wanted = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if f"proxy-authorization: basic {wanted}".lower() not in head.lower():
            return await self._refuse(writer, DENIED)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return head.split()[1]

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        methods = await _counted(reader, skip=1)
        writer.write(b"\x05\x02" if b"\x02" in methods else b"\x05\xff")
        name, password = await _counted(reader, skip=1), await _counted(reader)
        if (name, password) != (USERNAME.encode(), PASSWORD.encode()):
            return await self._refuse(writer, b"\x01\x01")
        writer.write(b"\x01\x00")
        *_, kind = await reader.readexactly(4)
        host = ".".join(map(str, await reader.readexactly(4))) if kind == 1 else (await _counted(reader)).decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        return f"{host}:{port}"

    async def _lead(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tunnels.append(target)
        up_reader, up_writer = await asyncio.open_connection(*self._upstream)
        if target != "{}:{}".format(*self._upstream):
            up_writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
            await up_reader.readuntil(b"\r\n\r\n")
        await asyncio.gather(_pump(reader, up_writer), _pump(up_reader, writer))


async def _result(listening: object) -> asyncio.Server:
    return await listening  # type: ignore[misc]


async def _counted(reader: asyncio.StreamReader, *, skip: int = 0) -> bytes:
    """Bytes after their number."""
    await reader.readexactly(skip)
    return await reader.readexactly((await reader.readexactly(1))[0])


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    finally:
        target.close()
