"""What opening a connection for events takes, whatever the transport: who asks, what for, and where it begins."""

import asyncio
import contextlib
import math
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async

from whatsapp_api.core import logs
from whatsapp_api.core.errors import DATABASE_FAULTS, ApiError

from .callers import Caller, Hearing, Scope, caller
from .feed import feed
from .places import place
from .selectors import first_sequence, last_sequences
from .stream import Stream
from .subscriptions import SessionWorkspaces, subscription, workspaces_chosen

RECHECK_SECONDS = 30.0
"""Where nothing was heard of a change: Redis may be away."""


def in_thread(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Database work, off the event loop and not queued behind other clients."""
    wrapped: Callable[..., Awaitable[Any]] = database_sync_to_async(function, thread_sensitive=False)
    return wrapped


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that was granted; call `begin` once the client has been told where it stands."""

    who: Caller
    own: Hearing
    stream: Stream
    positions: dict[uuid.UUID, int]
    heads: dict[uuid.UUID, int]
    changed: asyncio.Event

    def begin(self) -> None:
        self.stream.begin(self.positions)
        for workspace_id, head in self.heads.items():
            self.stream.look(workspace_id, head)

    async def expired(self) -> list[dict[str, Any]]:
        """Notices of what the client lacks and the log no longer keeps."""
        notices = []
        for workspace_id, head in self.heads.items():
            since = self.positions[workspace_id]
            if since >= head:
                continue
            first: int | None = await in_thread(first_sequence)(workspace_id)
            last_gone = (first or head + 1) - 1
            if last_gone > since:
                notices.append({"workspace": str(workspace_id), "from": since + 1, "to": last_gone})
        return notices

    async def revoked(self) -> ApiError:
        """Returns when the login has ended, or when the caller joined or left a workspace: why."""
        while True:
            left = (self.who.expires_at or math.inf) - time.time()
            await self._changed(max(0.0, min(left, RECHECK_SECONDS)))
            if self.who.expires_at and time.time() >= self.who.expires_at:
                text = "The token has expired; connect again with a new one."
                return ApiError("not_authenticated", text, http_status=401)
            try:
                now = await in_thread(self.who.hearing)()
            except ApiError as error:
                return error
            except DATABASE_FAULTS:
                continue
            if now != self.own:
                text = "The workspaces that you belong to changed; connect again."
                return ApiError("permission_denied", text, http_status=403)

    async def _changed(self, within: float) -> None:
        """Until somebody changes what the caller may do, or it is time to look all the same."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.changed.wait()
        self.changed.clear()


@asynccontextmanager
async def opened(scope: Scope, query: bytes | str, session_workspaces: SessionWorkspaces) -> AsyncIterator[Opened]:
    """Authenticate, check, take a place and listen; ApiError says what is refused.

    It listens first and reads the counters then: what comes between is in both, and is sent once.
    """
    logs.request_id.set(uuid.uuid4().hex)
    asked = subscription(query, also=frozenset({"ticket"}))
    who: Caller = await in_thread(caller)(scope)
    own: Hearing = await in_thread(who.hearing)()
    logs.user.set(str(own.user_id))
    asked = own.restrict(asked)
    chosen = await in_thread(workspaces_chosen)(asked, own.workspaces, session_workspaces)
    stream = Stream(asked.wanted, chosen)
    with place(own.user_id):
        changed = feed().guard(own.user_id)
        try:
            await feed().join(stream, chosen)
            changed.set()  # what changed before we listened: look once more, soon
            heads: dict[uuid.UUID, int] = await in_thread(last_sequences)(chosen)
            yield Opened(who, own, stream, asked.start_after(heads), heads, changed)
        finally:
            feed().leave(stream)
            feed().unguard(own.user_id, changed)
