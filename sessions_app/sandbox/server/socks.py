"""The server's half of SOCKS5 (RFC 1928, RFC 1929), as far as a proxy of one host needs it."""

from __future__ import annotations

import asyncio
import ipaddress

SOCKS_VERSION = 5
NO_AUTHENTICATION, PASSWORD, NONE_ACCEPTABLE = 0, 2, 0xFF
CONNECT = 1
IPV4, NAME, IPV6 = 1, 3, 4
ADDRESS = b"\x00\x01\x00\x00\x00\x00\x00\x00"


class SocksError(Exception):
    """The client does not speak SOCKS5 as expected."""


class SocksServer:
    """`target()` runs the dialogue up to the request; the caller sends `granted` or `denied`."""

    granted = b"\x05\x00" + ADDRESS
    denied = b"\x05\x02" + ADDRESS

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def target(self) -> str:
        """Where the client wants to go, `host:port`; the version byte has been read already."""
        await self._authenticate()
        version, command, _, kind = await self._reader.readexactly(4)
        if version != SOCKS_VERSION or command != CONNECT:
            raise SocksError("only CONNECT is served")
        host = await self._host(kind)
        port = int.from_bytes(await self._reader.readexactly(2), "big")
        return f"{host}:{port}"

    async def _authenticate(self) -> None:
        """Any user and password will do: the port is on loopback."""
        methods = await self._reader.readexactly((await self._reader.readexactly(1))[0])
        chosen = next((m for m in (NO_AUTHENTICATION, PASSWORD) if m in methods), NONE_ACCEPTABLE)
        self._writer.write(bytes((SOCKS_VERSION, chosen)))
        if chosen == NONE_ACCEPTABLE:
            raise SocksError("no acceptable authentication")
        if chosen == PASSWORD:
            await self._reader.readexactly(1)
            for _ in ("user", "password"):
                await self._reader.readexactly((await self._reader.readexactly(1))[0])
            self._writer.write(b"\x01\x00")

    async def _host(self, kind: int) -> str:
        if kind == NAME:
            return (await self._reader.readexactly((await self._reader.readexactly(1))[0])).decode("ascii", "replace")
        if kind in (IPV4, IPV6):
            return str(ipaddress.ip_address(await self._reader.readexactly(4 if kind == IPV4 else 16)))
        raise SocksError("unknown kind of address")
