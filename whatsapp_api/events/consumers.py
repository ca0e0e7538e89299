"""/ws/events: the event log as it grows, to programs and to the dashboard. docs/events.md is the contract."""

import asyncio
import contextlib
import json
import logging
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.utils import await_many_dispatch

from whatsapp_api.core.errors import DATABASE_FAULTS, ApiError, Unavailable

from .callers import PROTOCOL, Caller, Scope, caller
from .feed import feed
from .selectors import first_sequence, last_sequences
from .stream import Stream
from .subscriptions import SessionWorkspaces, Subscription, subscription, workspaces_chosen

logger = logging.getLogger(__name__)

RECHECK_SECONDS = 30.0
SEND_SECONDS = 30.0
CLOSE_SECONDS = 3.0
REASON_LIMIT = 123  # bytes, by the WebSocket protocol
TOO_SLOW = 4408
BROKEN = 1011


def in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Database work, off the event loop and not queued behind other clients."""
    wrapped: Callable[..., Awaitable[Any]] = database_sync_to_async(function, thread_sensitive=False)
    return wrapped


class EventConsumer(AsyncWebsocketConsumer):
    """One client. Close codes are 4000 plus the HTTP status that the REST API would answer."""

    def __init__(self, *, session_workspaces: SessionWorkspaces) -> None:
        super().__init__()
        self._session_workspaces = session_workspaces
        self._tasks: list[asyncio.Task[None]] = []
        self._stream: Stream | None = None

    async def __call__(self, scope: Scope, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        """Without the base's own channel, which it cannot have while Redis is away: `feed` listens for all."""
        self.scope, self.base_send = scope, send
        self._end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        try:
            with contextlib.suppress(StopConsumer):
                await await_many_dispatch([receive, self._closing], self.dispatch)
        finally:
            self._release()

    async def connect(self) -> None:
        """Everything is accepted first: only an open socket can be told why it is closed."""
        await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", []) else None)
        try:
            await self._open()
        except ApiError as error:
            await self._refuse(error)
        except DATABASE_FAULTS:
            await self._refuse(Unavailable("database_unavailable", "The database does not answer; connect again."))

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
        asked = subscription(self.scope["query_string"])
        who: Caller = await in_thread(caller)(self.scope)
        own: list[uuid.UUID] = await in_thread(who.workspaces)()
        chosen = await in_thread(workspaces_chosen)(asked, own, self._session_workspaces)
        self._stream = Stream(asked.wanted, chosen)
        await self._start(self._stream, asked, chosen)
        self._tasks = [
            asyncio.create_task(self._pump(self._stream), name="events-pump"),
            asyncio.create_task(self._guard(who, own), name="events-guard"),
        ]

    async def _start(self, stream: Stream, asked: Subscription, chosen: list[uuid.UUID]) -> None:
        """Listen first and read the counters then: what comes between is in both, and is sent once."""
        await feed().join(stream, chosen)
        heads: dict[uuid.UUID, int] = await in_thread(last_sequences)(chosen)
        positions = asked.start_after(heads)
        await self._tell({"type": "ready", "sequences": {str(key): value for key, value in positions.items()}})
        for workspace_id, head in heads.items():
            if positions[workspace_id] < head:
                await self._tell_expired(workspace_id, positions[workspace_id], head)
        stream.begin(positions)
        for workspace_id, head in heads.items():
            stream.look(workspace_id, head)

    async def _tell_expired(self, workspace_id: uuid.UUID, since: int, head: int) -> None:
        """The log keeps events for some weeks: say so when what the client lacks is gone."""
        first: int | None = await in_thread(first_sequence)(workspace_id)
        last_gone = (first or head + 1) - 1
        if last_gone > since:
            await self._tell({"type": "expired", "workspace": str(workspace_id), "from": since + 1, "to": last_gone})

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

    async def _guard(self, who: Caller, own: list[uuid.UUID]) -> None:
        """Ends the connection with the login, and when the caller joins or leaves a workspace."""
        while True:
            left = (who.expires_at or math.inf) - time.time()
            await asyncio.sleep(max(0.0, min(left, RECHECK_SECONDS)))
            if who.expires_at and time.time() >= who.expires_at:
                return self._finish(4401, "The token has expired; connect again with a new one.")
            try:
                now = await in_thread(who.workspaces)()
            except ApiError as error:
                return self._finish(4000 + error.http_status, error.message)
            except DATABASE_FAULTS:
                continue
            if now != own:
                return self._finish(4403, "The workspaces that you belong to changed; connect again.")

    async def _tell(self, message: dict[str, Any]) -> None:
        await asyncio.wait_for(self.send(json.dumps(message, separators=(",", ":"))), SEND_SECONDS)

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
            await asyncio.wait_for(self.close(code, _shortened(reason)), CLOSE_SECONDS)
        return {"type": "websocket.disconnect", "code": code}

    def _release(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._stream:
            feed().leave(self._stream)


def _shortened(reason: str) -> str:
    return reason.encode()[:REASON_LIMIT].decode(errors="ignore")


def _error(code: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"code": code, "message": message}}
