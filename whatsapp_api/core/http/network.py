"""How outgoing requests connect: the name is resolved once, checked, and the connection goes to that very address.

There is no moment between check and use in which a second look-up could answer otherwise (DNS rebinding).
A kept connection stays at the address that was checked when it was opened.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

import httpcore

from .addresses import AddressPolicy
from .faults import forbidden, unresolvable

Resolver = Callable[[str, int], list[str]]

CONNECT_WITHIN = 10.0
"""Seconds for look-up, connection and TLS each; the deadline of the whole request may leave less."""

deadline: ContextVar[float] = ContextVar("deadline")
"""End of the request under way, on the monotonic clock. Every wait on the network is cut short by it."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system's resolver gives them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to allowed addresses only."""

    def __init__(self, policy: AddressPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first allowed address that answers; UrlRefused when the name has none that is allowed."""
        allowed = [address for address in self._look_up(host, port) if self._policy.allows(host, address)]
        if not allowed:
            raise forbidden(host)
        for number, address in enumerate(allowed, 1):
            try:
                stream = self._plain.connect_tcp(address, port, time_left(CONNECT_WITHIN / 2), None, socket_options)
                return TimedStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(allowed):
                    raise
        raise AssertionError("unreachable")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise forbidden("of a local socket")

    def _look_up(self, host: str, port: int) -> list[str]:
        # getaddrinfo knows no deadline, so it waits on a thread of its own that may outlive us for a while.
        found: Future[list[str]] = Future()
        threading.Thread(target=self._resolve, args=(host, port, found), name="resolve", daemon=True).start()
        try:
            return list(dict.fromkeys(found.result(time_left(CONNECT_WITHIN))))
        except (TimeoutError, OSError, UnicodeError) as error:
            raise unresolvable(host) from error

    def _resolve(self, host: str, port: int, found: "Future[list[str]]") -> None:
        try:
            found.set_result(self._resolver(host, port))
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
            found.set_exception(error)


class TimedStream(httpcore.NetworkStream):
    """A connection whose every wait ends with the request: a server that drips bytes gains no time by it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, time_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, time_left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, time_left(CONNECT_WITHIN)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


def time_left(at_most: float | None) -> float:
    """Seconds to wait for the network now; httpcore.ReadTimeout when the request's time is over."""
    left = deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline of the request")
    return left if at_most is None else min(left, at_most)
