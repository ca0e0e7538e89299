"""Appends events to streams (XADD), over a pool of guarded connections.

    redis://host:6379/0?stream=events&maxlen=100000

An entry has the headers of docs/webhooks.md as fields, and the event as `body`. Its own id is Redis'.
"""

import asyncio
from typing import Any

from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from messaging.webhooks.sinks.address import Address, Scheme, address_of, name_check, name_of
from messaging.webhooks.sinks.contract import Answer, BadTarget, Packet, SinkFault, Target
from messaging.webhooks.sinks.headers import request_headers
from whatsapp_api.core.http import faults
from whatsapp_api.core.http.addresses import AddressPolicy
from whatsapp_api.core.http.dialing import dial
from whatsapp_api.core.http.faults import HttpFault

SCHEMES = {"redis": Scheme(port=6379, tls=False), "rediss": Scheme(port=6379, tls=True)}
OPTIONS = {"stream": "events", "maxlen": "100000"}
TOO_LARGE = "exceeds maximum allowed size"  # proto-max-bulk-len


def check(url: str) -> None:
    address = address_of(url, schemes=SCHEMES, options=OPTIONS)
    name_check("stream", address.options["stream"])
    if not (address.options["maxlen"].isascii() and address.options["maxlen"].isdigit()):
        raise BadTarget("maxlen: how many entries a stream keeps, about; 0 keeps all.")
    if address.path and not (address.path.isascii() and address.path.isdigit() and len(address.path) < 5):
        raise BadTarget("The path of the address is the number of a database, such as /0.")


def connect(target: Target) -> "RedisSink":
    check(target.url)
    return RedisSink(target, address_of(target.url, schemes=SCHEMES, options=OPTIONS))


class GuardedConnection(Connection):
    """Goes through the guard against private addresses whenever it connects."""

    def __init__(self, *, policy: AddressPolicy, tls: bool, **options: Any) -> None:
        super().__init__(**options)
        self._policy = policy
        self._tls = tls

    async def _connect(self) -> None:
        self._reader, self._writer = await dial(self.host, self.port, self._policy, tls=self._tls)


class RedisSink:
    def __init__(self, target: Target, address: Address) -> None:
        self._target = target
        self._stream = address.options["stream"]
        self._most = int(address.options["maxlen"]) or None
        pool = BlockingConnectionPool(
            connection_class=GuardedConnection,
            max_connections=target.concurrency,
            policy=settings.OUTGOING_POLICY,
            tls=address.tls,
            host=address.host,
            port=address.port,
            db=int(address.path or 0),
            username=target.username or None,
            password=target.password or None,
            socket_timeout=target.timeout,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._redis = Redis.from_pool(pool)

    async def send(self, packet: Packet) -> Answer:
        fields: dict[Any, Any] = {**request_headers(self._target, packet), "body": packet.body}
        try:
            async with asyncio.timeout(self._target.timeout):
                entry = await self._redis.xadd(
                    name_of(self._stream, packet), fields, maxlen=self._most, approximate=True
                )
        except TimeoutError as error:
            raise SinkFault(faults.timed_out(self._target.timeout).message) from error
        except ResponseError as error:
            return Answer(ok=False, error=f"Redis refused it: {error}", final=TOO_LARGE in str(error))
        except (RedisError, OSError, HttpFault) as error:
            raise SinkFault(_sentence(error)) from error
        return Answer(ok=True, text=entry.decode() if isinstance(entry, bytes) else str(entry))

    async def close(self) -> None:
        await self._redis.aclose()


def _sentence(error: BaseException) -> str:
    """The guard's own words, which the client wraps, or the client's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HttpFault):
            return cause.message
        cause = cause.__cause__ or cause.__context__
    return faults.unreachable(str(error)).message
