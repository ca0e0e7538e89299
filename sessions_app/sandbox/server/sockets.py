"""What sockets need that asyncio does not offer."""

from __future__ import annotations

import asyncio
import socket
import struct


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP reset instead of a goodbye."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def is_loopback(host: str) -> bool:
    """Whether an address is one of the machine's own."""
    return host in ("::1", "localhost") or host.startswith("127.")
