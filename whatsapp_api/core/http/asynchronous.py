"""The guard for event loops: many slow servers at once without a thread for each.

Like `client.GuardedClient`, but for one server only: whoever delivers keeps a client per receiver, so that none can
use up the connections of another. httpcore itself, because httpx on top of it costs as much again.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from . import faults
from .addresses import AddressPolicy
from .client import AGENT
from .dialing import LOOK_UP_SECONDS, allowed_addresses, tls_context
from .faults import HttpFault
from .urls import check_url

KEPT_SECONDS = 30.0
FAILURES = (TimeoutError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered: the first bytes of the body, as far as they came in time."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AsyncPoster:
    """POSTs to one URL over connections that are kept alive. Belongs to one event loop."""

    def __init__(self, url: str, policy: AddressPolicy, *, connections: int = 8) -> None:
        self._url = _core_url(check_url(url, policy))
        self._host = self._url.host
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls_context() if self._url.scheme == b"https" else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_SECONDS,
            retries=0,
            network_backend=_GuardedBackend(policy),
        )

    async def post(self, body: bytes, headers: Mapping[str, str], *, seconds: float, size: int) -> Reply:
        """The status line counts: a body that drips is cut off at `seconds` or `size` without being a failure.

        Raises HttpFault. Redirects are not followed.
        """
        reply: Reply | None = None
        content = bytearray()
        try:
            async with (
                asyncio.timeout(seconds),
                self._pool.stream("POST", self._url, headers=self._headers(body, headers), content=body) as response,
            ):
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                reply = Reply(status=response.status, headers=found, body=b"")
                async for chunk in response.aiter_stream():
                    content += chunk
                    if len(content) >= size:
                        break
        except FAILURES as error:
            if reply is None:
                raise _fault(error, seconds) from error
        assert reply is not None
        return Reply(status=reply.status, headers=reply.headers, body=bytes(content[:size]))

    async def close(self) -> None:
        await self._pool.aclose()

    def _headers(self, body: bytes, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        port = self._url.port
        host = self._host if port is None else self._host + b":%d" % port
        own = [(b"Host", host), (b"User-Agent", AGENT.encode()), (b"Content-Length", b"%d" % len(body))]
        return [*own, *((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())]


def _fault(error: BaseException, seconds: float) -> HttpFault:
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return faults.timed_out(seconds)
    if isinstance(error, httpcore.ProtocolError):
        return faults.bad_answer(str(error) or "it breaks the rules of HTTP")
    return faults.unreachable(str(error) or "the connection broke")


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks, and connects to that very address."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        allowed = await allowed_addresses(host, port, self._policy)
        for address in allowed[:-1]:
            try:
                return await self._plain.connect_tcp(address, port, LOOK_UP_SECONDS, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._plain.connect_tcp(allowed[-1], port, LOOK_UP_SECONDS, None, socket_options)
