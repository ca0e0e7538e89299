"""The web server's own protocol on a real uvicorn: headers have a deadline, which slow bodies do not meet."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from tests.raw_http import statuses
from whatsapp_api.core import http_protocol
from whatsapp_api.ops.mongod import free_port

PATIENCE = 0.5
AGES = 60.0
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers when the body is complete."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", AGES)
    protocol = "whatsapp_api.core.http_protocol:ImpatientProtocol"
    server = uvicorn.Server(uvicorn.Config(application, port=free_port(), http=protocol, lifespan="off", log_level=30))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.config.port
    server.should_exit = True
    thread.join(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=AGES)


@pytest.fixture
def used(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A connection that had one answer and stays open; from now on the time is short.

    That of a connection begins before its client can send anything, however busy the machine is, that of a further
    request with its first byte.
    """
    with connect(port) as connection:
        answered(connection, REQUEST)
        monkeypatch.setattr(http_protocol, "HEADER_SECONDS", PATIENCE)
        yield connection


def answered(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"\r\n\r\nok"):
        piece = connection.recv(65_536)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_connection_without_a_request_ends(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", PATIENCE)
    with connect(port) as connection:
        assert statuses(connection, b"", AGES) == [408]


def test_headers_that_do_not_come_end_a_new_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 5.0)
    with connect(port) as connection:
        assert statuses(connection, b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", AGES) == [408]


@pytest.mark.parametrize("beginning", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_second_request_has_a_time_as_well(used: socket.socket, beginning: bytes) -> None:
    assert statuses(used, beginning, AGES) == [408]


def test_a_slow_body_is_another_matter(used: socket.socket) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{"
    assert statuses(used, head, seconds=4 * PATIENCE) == []
    used.settimeout(AGES)
    answered(used, b"}")
