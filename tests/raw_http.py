"""Requests byte by byte, as no client library would write them."""

import re
import socket

VERIFY = b"POST /api/v1/auth/token/verify HTTP/1.1\r\n"
LIVE = b"GET /api/health/live HTTP/1.1\r\n"
HOST = b"Host: 127.0.0.1\r\n"
# What an attacker would have the next reader of the connection take for a request of its own.
SMUGGLED = LIVE + HOST + b"Connection: close\r\n\r\n"
BODY = b"0\r\n\r\n"

# By name: bytes that two readers could understand in two ways.
AMBIGUOUS: dict[str, bytes] = {
    "length and chunks": VERIFY + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + BODY,
    "chunks and length": VERIFY + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + BODY,
    "two lengths": VERIFY + HOST + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}  ",
    "the same length twice": VERIFY + HOST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": VERIFY + HOST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a signed length": VERIFY + HOST + b"Content-Length: +2\r\n\r\n{}",
    "a negative length": VERIFY + HOST + b"Content-Length: -2\r\n\r\n{}",
    "a length beyond 64 bits": VERIFY + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "an unknown encoding": VERIFY + HOST + b"Transfer-Encoding: xchunked\r\n\r\n" + BODY,
    "chunks not last": VERIFY + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + BODY,
    "two encodings": VERIFY + HOST + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n" + BODY,
    "a space before the colon": VERIFY + HOST + b"Transfer-Encoding : chunked\r\n\r\n" + BODY,
    "a folded encoding": VERIFY + HOST + b"Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" + BODY,
    "a negative chunk": VERIFY + HOST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n" + BODY,
    "a chunk beyond 64 bits": VERIFY + HOST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n" + BODY,
}
# Malformed ones without a body.
MALFORMED: dict[str, bytes] = {
    "a folded header": LIVE + HOST + b"X-A: b\r\n X-Forwarded-For: 1.1.1.1\r\n\r\n",
    "a carriage return in a value": LIVE + HOST + b"X-A: a\rX-Forwarded-For: 1.1.1.1\r\n\r\n",
    "a NUL in a value": LIVE + HOST + b"X-A: a\0b\r\n\r\n",
    "a NUL in a name": LIVE + HOST + b"X-\0A: a\r\n\r\n",
    "a space in a name": LIVE + HOST + b"X A: b\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "CONNECT": b"CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "HTTP/2 without being asked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two hosts": b"GET /api/health HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "another host": b"GET /admin/login/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a host with a user": b"GET /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\n\r\n",
}


def statuses(connection: socket.socket, request: bytes, seconds: float = 10, *, first: float = 0) -> list[int]:
    """Of all answers on the connection until the server closes it, or says nothing for so long; `first`: or for so
    long before it has said anything.
    """
    connection.settimeout(max(first, seconds))
    text = b""
    try:
        connection.sendall(request)
        while piece := connection.recv(65_536):
            text += piece
            connection.settimeout(seconds)
            if found := _complete(text):
                return found
    except (TimeoutError, ConnectionError):
        pass
    return _found(text)


def _complete(text: bytes) -> list[int]:
    """Once the server said that it closes the connection, nothing more can come."""
    said = re.search(rb"\r\nconnection: close\r\n", text, re.IGNORECASE)
    return _found(text) if said and b"\r\n\r\n" in text[said.start() :] else []


def _found(text: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", text)]
