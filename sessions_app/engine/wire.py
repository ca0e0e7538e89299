"""Frames on the socketpair between platform and host: a 4-byte length, then one msgpack map.

Never pickle (a host that goes astray must not run code in the platform) and never stdout (the Go
library prints there).
"""

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgpack

LENGTH = struct.Struct(">I")
MAX_FRAME = 128 * 1024 * 1024  # media travels as bytes; WhatsApp itself stops at 100 MB for most files


class BadFrame(Exception):
    """The peer sent something that is no frame; the connection is of no more use."""


def pack(frame: Mapping[str, Any]) -> bytes:
    """One frame as the bytes that go over the socket, length included."""
    body: bytes = msgpack.packb(frame, use_bin_type=True)
    if len(body) > MAX_FRAME:
        raise BadFrame(f"frame of {len(body)} bytes")
    return LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> dict[str, Any]:
    """The map inside one frame's body."""
    try:
        frame = msgpack.unpackb(body, raw=False, strict_map_key=True)
    except (ValueError, msgpack.UnpackException) as error:
        raise BadFrame(str(error)) from error
    if not isinstance(frame, dict):
        raise BadFrame(f"a {type(frame).__name__} where a map belongs")
    return frame


class Channel:
    """One end of the connection: any thread may send, one thread reads."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._sending = threading.Lock()

    def send(self, frame: Mapping[str, Any]) -> None:
        """Send one frame whole; raises OSError when the peer is gone."""
        data = pack(frame)
        with self._sending:
            self._socket.sendall(data)

    def frames(self) -> Iterator[dict[str, Any]]:
        """Frames as they come, until the peer closes. A frame cut short by its death is dropped."""
        while (head := self._exactly(LENGTH.size)) is not None:
            (size,) = LENGTH.unpack(head)
            if size > MAX_FRAME:
                raise BadFrame(f"frame of {size} bytes")
            body = self._exactly(size)
            if body is None:
                return
            yield unpack(body)

    def close(self) -> None:
        """Close this end; wakes the peer's reader and our own."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _exactly(self, size: int) -> bytes | None:
        data = bytearray()
        while len(data) < size:
            try:
                part = self._socket.recv(min(size - len(data), 1 << 20))
            except OSError:
                return None
            if not part:
                return None
            data += part
        return bytes(data)
