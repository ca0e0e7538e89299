"""GET /api/v1/events/stream: the same as /ws/events as Server-Sent Events, for clients without WebSocket.

An ASGI application of its own: Django would hold a thread for each client.
"""

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from redis.exceptions import RedisError

from whatsapp_api.core.errors import DATABASE_FAULTS, ApiError, Unavailable, body
from whatsapp_api.core.logs import request_id

from .callers import Scope
from .opening import Opened, opened
from .subscriptions import SessionWorkspaces

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
SEND_SECONDS = 30.0
RETRY_MILLISECONDS = 2000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back
]

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class EventSource:
    """One instance serves all clients."""

    def __init__(self, *, session_workspaces: SessionWorkspaces) -> None:
        self._session_workspaces = session_workspaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "GET":
                raise ApiError("method_not_allowed", "Only GET.", http_status=405, headers={"Allow": "GET"})
            async with opened(scope, resumed(scope), self._session_workspaces) as connection:
                await _serve(connection, receive, send)
        except ApiError as error:
            await _refuse(send, error)
        except DATABASE_FAULTS:
            await _refuse(send, Unavailable("database_unavailable", "The database does not answer; connect again."))
        except RedisError:
            await _refuse(send, Unavailable("redis_unavailable", "Redis does not answer; connect again."))


def resumed(scope: Scope) -> str:
    """The query, with `since` replaced by what the client says it has (Last-Event-ID)."""
    query = str(scope["query_string"].decode("latin-1"))
    last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1").strip()
    if not last:
        return query
    kept = [part for part in query.split("&") if part and not part.startswith("since=")]
    return "&".join([*kept, *(f"since={quote(mark, safe=':')}" for mark in last.split(","))])


async def _serve(connection: Opened, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    line = _Line(send, connection)
    try:
        await line.tell("ready", {"sequences": {str(key): value for key, value in connection.positions.items()}})
        for notice in await connection.expired():
            await line.tell("expired", notice)
        connection.begin()
        jobs = [_gone(receive), _pump(connection, line), line.beat(), _ended(connection, line)]
        tasks: list[asyncio.Task[None]] = [asyncio.create_task(job) for job in jobs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await line.end()
    except (OSError, TimeoutError):
        pass  # the client has gone, or reads nothing any more


class _Line:
    """Writes to one client, one message at a time."""

    def __init__(self, send: Send, connection: Opened) -> None:
        self._send = send
        self._positions = connection.stream
        self._lock = asyncio.Lock()

    async def tell(self, kind: str, data: Any, *, id: str = "") -> None:
        lines = [f"id: {id}"] if id else []
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        await self._write("\n".join([*lines, f"event: {kind}", f"data: {text}", "", ""]))

    async def beat(self) -> None:
        await self._write(f"retry: {RETRY_MILLISECONDS}\n\n")
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._write(": still here\n\n")

    async def end(self) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._send({"type": "http.response.body", "body": b""})

    def position(self) -> str:
        """What the client sends back as Last-Event-ID: a number, or one for each workspace."""
        marks = self._positions.positions
        if len(marks) == 1:
            return str(next(iter(marks.values())))
        return ",".join(f"{workspace}:{mark}" for workspace, mark in marks.items())

    async def _write(self, text: str) -> None:
        async with self._lock, asyncio.timeout(SEND_SECONDS):
            await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pump(connection: Opened, line: _Line) -> None:
    while True:
        try:
            async for event in connection.stream.events():
                await line.tell(event["event"], event, id=line.position() if event["sequence"] is not None else "")
        except DATABASE_FAULTS as error:
            logger.warning("The event log cannot be read: %s", type(error).__name__)
            await asyncio.sleep(1)
            connection.stream.retry()


async def _ended(connection: Opened, line: _Line) -> None:
    error = await connection.revoked()
    await line.tell("error", {"code": error.code, "message": error.message})


async def _refuse(send: Send, error: ApiError) -> None:
    request_id.set(uuid.uuid4().hex)
    content = json.dumps(body(error.code, error.message)).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content)), **error.headers}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.http_status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
