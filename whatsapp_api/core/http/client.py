"""The HTTP client for addresses that a caller chose. Blocking: for workers, never for the event loop."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from . import faults
from .addresses import AddressPolicy
from .decoding import decoded
from .network import GuardedBackend, Resolver, deadline, resolve
from .urls import check_url

AGENT = "whatsapp-api"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What another server than the one that was named may see of the request.
HARMLESS = frozenset({"accept", "accept-language", "range", "user-agent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`seconds` for everything together, redirects and body included; `size` of the body in bytes."""

    seconds: float = 15.0
    size: int = 1 << 20
    redirects: int = 5


class Answer:
    """A response whose body is read once, in chunks, within the limits."""

    def __init__(self, response: httpx.Response, limits: Limits) -> None:
        self._response = response
        self._limits = limits
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.url = str(response.url)

    def chunks(self) -> Iterator[bytes]:
        """The body; `url_too_large` as soon as it is longer than allowed."""
        size = 0
        if int(_number(self.headers.get("content-length"))) > self._limits.size:
            raise faults.too_large(self._limits.size)
        for chunk in decoded(self._response.iter_raw(), self.headers.get("content-encoding", "")):
            size += len(chunk)
            if size > self._limits.size:
                raise faults.too_large(self._limits.size)
            yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A response with its whole body."""

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes


class GuardedClient:
    """Keeps connections alive between requests. Usable from any thread; make it after a fork, not before."""

    def __init__(self, policy: AddressPolicy, *, resolver: Resolver = resolve, connections: int = 50) -> None:
        self.policy = policy
        self._client = httpx.Client(
            transport=_Transport(GuardedBackend(policy, resolver), connections),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # takes none, so gives none
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            trust_env=False,  # no proxy, no .netrc
        )

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limits: Limits | None = None,
    ) -> Iterator[Answer]:
        """Ask, and read the answer inside the block. Redirects are followed for GET and HEAD only.

        Raises HttpFault, also out of the block; an answer of any status is none.
        """
        limits = limits or Limits()
        ends = deadline.set(time.monotonic() + limits.seconds)
        try:
            with _translated(limits):
                response = self._follow(method, url, dict(headers or {}), content, limits)
                try:
                    yield Answer(response, limits)
                finally:
                    response.close()
        finally:
            deadline.reset(ends)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limits: Limits | None = None,
    ) -> Fetched:
        """Ask, and read the whole answer."""
        with self.stream(method, url, headers=headers, content=content, limits=limits) as answer:
            body = b"".join(answer.chunks())
            return Fetched(status=answer.status, headers=answer.headers, url=answer.url, body=body)

    def close(self) -> None:
        """Close what is kept alive."""
        self._client.close()

    def _follow(
        self, method: str, url: str, headers: dict[str, str], content: bytes | None, limits: Limits
    ) -> httpx.Response:
        target = check_url(url, self.policy)
        for _ in range(limits.redirects + 1):
            request = self._client.build_request(
                method, target, headers=headers, content=content, timeout=limits.seconds
            )
            response = self._client.send(request, stream=True)
            location = response.headers.get("location", "")
            if response.status_code not in REDIRECTS or not location or method not in {"GET", "HEAD"}:
                return response
            response.close()
            following = check_url(_joined(target, location), self.policy)
            if _origin(following) != _origin(target):
                headers = {name: value for name, value in headers.items() if name.lower() in HARMLESS}
            target = following
        raise faults.too_many_redirects(limits.redirects)


class _Transport(httpx.HTTPTransport):
    """httpx's own, on a pool that connects through the guard (httpx passes no network backend on)."""

    def __init__(self, backend: httpcore.NetworkBackend, connections: int) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=backend,
        )


@contextmanager
def _translated(limits: Limits) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise faults.timed_out(limits.seconds) from error
    except httpx.ConnectError as error:
        raise faults.unreachable(str(error) or "no connection") from error
    except (httpx.ProtocolError, httpx.DecodingError) as error:
        raise faults.bad_answer(str(error) or "it breaks the rules of HTTP") from error
    except httpx.TransportError as error:
        raise faults.unreachable(str(error) or "the connection broke") from error


def _joined(base: httpx.URL, location: str) -> str:
    try:
        return str(base.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise faults.UrlRefused("url_invalid", "The server redirects to something that is not a URL.") from error


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
