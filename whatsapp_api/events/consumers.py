"""/ws/events: the event log as it grows, to programs and to the dashboard. docs/events.md is the contract."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.utils import await_many_dispatch
from redis.exceptions import RedisError

from whatsapp_api.core.errors import DATABASE_FAULTS, ApiError, Unavailable

from .callers import PROTOCOL, Scope
from .opening import Opened, opened
from .stream import Stream
from .subscriptions import SessionWorkspaces

logger = logging.getLogger(__name__)

SEND_SECONDS = 30.0
CLOSE_SECONDS = 3.0
REASON_LIMIT = 123  # bytes, by the WebSocket protocol
TOO_SLOW = 4408
BROKEN = 1011


class EventConsumer(AsyncWebsocketConsumer):
    """One client. Close codes are 4000 plus the HTTP status that the REST API would answer."""

    def __init__(self, *, session_workspaces: SessionWorkspaces) -> None:
        super().__init__()
        self._session_workspaces = session_workspaces
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        """Without the base's own channel, which it cannot have while Redis is away: `feed` listens for all."""
        self.scope, self.base_send = scope, send
        self._end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        try:
            with contextlib.suppress(StopConsumer):
                await await_many_dispatch([receive, self._closing], self.dispatch)
        finally:
            self._release()
            await self._stack.aclose()

    async def connect(self) -> None:
        """Everything is accepted first: only an open socket can be told why it is closed."""
        await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", []) else None)
        try:
            await self._open()
        except ApiError as error:
            await self._refuse(error)
        except DATABASE_FAULTS:
            await self._refuse(Unavailable("database_unavailable", "The database does not answer; connect again."))
        except RedisError:  # only a ticket needs it
            await self._refuse(Unavailable("redis_unavailable", "Redis does not answer; connect again."))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients have little to say: `{"type": "ping"}` is answered, all else is a mistake."""
        try:
            message = json.loads(text_data or "")
        except (ValueError, RecursionError):
            await self._tell(_error("invalid_json", 'Send JSON text, such as {"type": "ping"}.'))
            return
        if isinstance(message, dict) and message.get("type") == "ping":
            await self._tell({"type": "pong"})
        else:
            await self._tell(_error("unknown_message", 'There is nothing to send but {"type": "ping"}.'))

    async def _open(self) -> None:
        connection = opened(self.scope, self.scope["query_string"], self._session_workspaces)
        self._connection = await self._stack.enter_async_context(connection)
        positions = {str(key): value for key, value in self._connection.positions.items()}
        await self._tell({"type": "ready", "sequences": positions})
        for notice in await self._connection.expired():
            await self._tell({"type": "expired", **notice})
        self._connection.begin()
        self._tasks = [
            asyncio.create_task(self._pump(self._connection.stream), name="events-pump"),
            asyncio.create_task(self._guard(self._connection), name="events-guard"),
        ]

    async def _pump(self, stream: Stream) -> None:
        while True:
            try:
                async for event in stream.events():
                    await self._tell(event)
            except DATABASE_FAULTS as error:
                logger.warning("The event log cannot be read: %s", type(error).__name__)
                await asyncio.sleep(1)
                stream.retry()
            except TimeoutError:
                return self._finish(TOO_SLOW, "You read too slowly; connect again with since=<your last sequence>.")
            except OSError:
                return None  # the client has gone
            except Exception:
                logger.exception("Sending events failed")
                return self._finish(BROKEN, "Something broke on our side; connect again.")

    async def _guard(self, connection: Opened) -> None:
        error = await connection.revoked()
        self._finish(4000 + error.http_status, error.message)

    async def _tell(self, message: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self.send(json.dumps(message, separators=(",", ":")))

    async def _refuse(self, error: ApiError) -> None:
        await self._tell(_error(error.code, error.message))
        self._finish(4000 + error.http_status, error.message)

    def _finish(self, code: int, reason: str) -> None:
        if not self._end.done():
            self._end.set_result((code, reason))

    async def _closing(self) -> dict[str, Any]:
        """Waits beside the client's messages until it is we who end the connection."""
        code, reason = await self._end
        self._release()
        with contextlib.suppress(OSError):  # also a client that reads nothing any more
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.close(code, _shortened(reason))
        return {"type": "websocket.disconnect", "code": code}

    def _release(self) -> None:
        for task in self._tasks:
            task.cancel()


def _shortened(reason: str) -> str:
    return reason.encode()[:REASON_LIMIT].decode(errors="ignore")


def _error(code: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"code": code, "message": message}}
