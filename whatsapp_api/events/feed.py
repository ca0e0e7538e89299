"""One ear per process: listens to the channel layer for all WebSocket clients, and watches the counters of the log.

The layer is not asked for a channel per client, because that fails while Redis is away: clients must be able to
connect, and to hear everything from the log, without it.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from whatsapp_api.core.errors import DATABASE_FAULTS
from whatsapp_api.core.live import ACCESS_GROUP, workspace_group

from .selectors import last_sequences

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0
LAYER_DEADLINE = 3.0

read_counters: Callable[..., Awaitable[dict[uuid.UUID, int]]] = database_sync_to_async(
    last_sequences, thread_sensitive=False
)


class Listener(Protocol):
    def hear(self, live: dict[str, Any]) -> None: ...
    def look(self, workspace_id: uuid.UUID, last: int) -> None: ...


class Feed:
    """Runs while anybody listens."""

    def __init__(self) -> None:
        self._listeners: dict[uuid.UUID, set[Listener]] = {}
        self._joined: set[uuid.UUID] = set()
        self._guards: dict[str, set[asyncio.Event]] = {}  # by user
        self._watcher: asyncio.Task[None] | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._channel = ""
        self._listens_to_access = False
        self._lock = asyncio.Lock()
        self._deaf = False

    async def join(self, listener: Listener, workspace_ids: Iterable[uuid.UUID]) -> None:
        """From now on `listener` hears what is pushed; a layer that does not answer only delays that."""
        for workspace_id in workspace_ids:
            self._listeners.setdefault(workspace_id, set()).add(listener)
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch(), name="events-watch")
        await self._subscribe()

    def leave(self, listener: Listener) -> None:
        """The watcher leaves the layer's groups later, and ends when there is nothing left to leave."""
        for workspace_id, listeners in list(self._listeners.items()):
            listeners.discard(listener)
            if not listeners:
                del self._listeners[workspace_id]

    def guard(self, user_id: uuid.UUID) -> asyncio.Event:
        """Set whenever what the user may do changes, in any process; `unguard` it in the end."""
        event = asyncio.Event()
        self._guards.setdefault(str(user_id), set()).add(event)
        return event

    def unguard(self, user_id: uuid.UUID, event: asyncio.Event) -> None:
        events = self._guards.get(str(user_id), set())
        events.discard(event)
        if not events:
            self._guards.pop(str(user_id), None)

    async def _watch(self) -> None:
        try:
            while self._listeners or self._joined:
                await asyncio.sleep(POLL_SECONDS)
                await self._subscribe()
                await self._look()
        finally:
            if self._receiver:
                self._receiver.cancel()
            self._watcher, self._receiver, self._channel = None, None, ""
            self._listens_to_access = False

    async def _look(self) -> None:
        try:
            heads = await read_counters(list(self._listeners))
        except DATABASE_FAULTS as error:
            logger.warning("The event log cannot be read: %s", type(error).__name__)
            return
        for workspace_id, last in heads.items():
            for listener in list(self._listeners.get(workspace_id, ())):
                listener.look(workspace_id, last)

    async def _subscribe(self) -> None:
        """Bring the layer's groups in line with the listeners; tried again with every look at the counters."""
        try:
            async with self._lock, asyncio.timeout(LAYER_DEADLINE):
                await self._align()
        except Exception as error:  # noqa: BLE001 (any fault of Redis: the log still brings every event)
            if not self._deaf:
                logger.warning("No live events (%s); clients get them from the log", type(error).__name__)
            self._deaf = True
        else:
            self._deaf = False

    async def _align(self) -> None:
        layer = get_channel_layer()
        assert layer is not None, "CHANNEL_LAYERS is empty"
        if not self._channel:
            self._channel = await layer.new_channel("feed.")
            self._receiver = asyncio.create_task(self._receive(layer, self._channel), name="events-receive")
        if not self._listens_to_access:
            await layer.group_add(ACCESS_GROUP, self._channel)
            self._listens_to_access = True
            for event in (each for events in self._guards.values() for each in events):
                event.set()  # what changed while nobody could tell us
        for workspace_id in self._listeners.keys() - self._joined:
            await layer.group_add(workspace_group(workspace_id), self._channel)
            self._joined.add(workspace_id)
        for workspace_id in self._joined - self._listeners.keys():
            await layer.group_discard(workspace_group(workspace_id), self._channel)
            self._joined.discard(workspace_id)

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            try:
                message = await layer.receive(channel)
            except Exception:
                logger.exception("Reading live events failed")
                await asyncio.sleep(1)
                continue
            self._heard(message)

    def _heard(self, message: dict[str, Any]) -> None:
        live = message.get("event")
        if message.get("type") == "platform.event" and live:
            for listener in list(self._listeners.get(uuid.UUID(live["workspace"]), ())):
                listener.hear(live)
        elif message.get("type") == "access.changed":
            for event in self._guards.get(str(message.get("user")), ()):
                event.set()


_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, Feed] = WeakKeyDictionary()


def feed() -> Feed:
    """The feed of the running event loop."""
    return _feeds.setdefault(asyncio.get_running_loop(), Feed())
