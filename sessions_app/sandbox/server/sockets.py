"""What sockets need that asyncio does not offer."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP reset instead of a goodbye."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def is_loopback(host: str) -> bool:
    """Whether an address, or the one name that counts as such, is the machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
