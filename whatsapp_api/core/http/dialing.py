"""Guarded TCP and TLS connections for protocols other than HTTP, on an event loop.

The name is resolved once, checked, and the connection goes to that very address: see `network`.
"""

import asyncio
import socket
import ssl

import httpx

from . import faults
from .addresses import AddressPolicy
from .faults import forbidden, unresolvable

LOOK_UP_SECONDS = 5.0

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def allowed_addresses(host: str, port: int, policy: AddressPolicy) -> list[str]:
    """Where a name leads, as far as we may go there; HttpFault when it leads nowhere or nowhere allowed."""
    found = [address for address in await _look_up(host, port) if policy.allows(host, address)]
    if not found:
        raise forbidden(host)
    return found


async def dial(host: str, port: int, policy: AddressPolicy, *, tls: bool = False) -> Streams:
    """Connect to the first allowed address that answers; HttpFault when none does. The caller sets the deadline."""
    context = tls_context() if tls else None
    error = OSError("nothing answers")
    for address in await allowed_addresses(host, port, policy):
        try:
            return await asyncio.open_connection(
                address, port, ssl=context, server_hostname=host if context else None, limit=2**16
            )
        except OSError as fault:
            error = fault
    raise faults.unreachable(error.strerror or str(error)) from error


def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the public authorities, or SSL_CERT_FILE."""
    return httpx.create_ssl_context()


async def _look_up(host: str, port: int) -> list[str]:
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise unresolvable(host) from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))
