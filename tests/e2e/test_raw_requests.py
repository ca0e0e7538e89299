"""Requests that no library writes, at the real web process: what can be read in two ways is refused."""

import socket

import pytest

from tests.e2e.platform import Platform
from tests.raw_http import AMBIGUOUS, HOST, LIVE, MALFORMED, SMUGGLED, statuses


def ask(platform: Platform, request: bytes, seconds: float = 10) -> list[int]:
    with socket.create_connection(("127.0.0.1", platform.port), timeout=60) as connection:
        return statuses(connection, request, seconds, first=60)


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_a_request_with_two_readings_smuggles_nothing(platform: Platform, name: str) -> None:
    """One refusal, and the connection ends before the second request is read."""
    assert ask(platform, AMBIGUOUS[name] + SMUGGLED) == [400]


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_malformed_ones_are_refused(platform: Platform, name: str) -> None:
    assert ask(platform, MALFORMED[name], seconds=1.5) == [400]


def test_too_many_or_too_long_headers_are_refused(platform: Platform) -> None:
    many = b"".join(b"X-%d: a\r\n" % number for number in range(300))
    for headers in (many, b"X-A: " + b"a" * 70_000 + b"\r\n"):
        assert ask(platform, LIVE + HOST + headers + b"\r\n") == [431]
    assert ask(platform, b"GET /?" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n") == [400]


def test_an_address_for_another_server_is_ours_all_the_same(platform: Platform) -> None:
    request = b"GET http://evil.example/api/health/live HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    assert ask(platform, request) == [200]
