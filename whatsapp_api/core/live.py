"""The only `group_send`: pushes to WebSocket clients from any thread of any process.

`async_to_sync(group_send)` opens a connection per call; one event-loop thread per process with a queue
does two thousand a second. What is pushed here may be lost (a Redis restart, a full queue): clients
notice by the sequence numbers of the event log and read what they missed from it.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)
QUEUE_LIMIT = 10_000
ACCESS_GROUP = "access"
"""Every process that holds connections of clients; hears whose rights changed."""
SEND_DEADLINE_SECONDS = 5


def workspace_group(workspace_id: object) -> str:
    return f"workspace.{workspace_id}"


class _Pusher:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.queue: deque[tuple[str, dict[str, Any]]] = deque(maxlen=QUEUE_LIMIT)
        self.loop = asyncio.new_event_loop()
        self.wake = asyncio.Event()
        self.lost = 0
        threading.Thread(target=self._run, name="live-push", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._drain())

    def put(self, group: str, message: dict[str, Any]) -> None:
        self.queue.append((group, message))
        self.loop.call_soon_threadsafe(self.wake.set)

    async def _drain(self) -> None:
        layer = get_channel_layer()
        assert layer is not None, "CHANNEL_LAYERS is empty"
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.queue:
                await self._send(layer, *self.queue.popleft())

    async def _send(self, layer: Any, group: str, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND_DEADLINE_SECONDS):
                await layer.group_send(group, message)
        except Exception as error:  # noqa: BLE001 any fault of Redis: live pushes are best effort by design
            if not self.lost:
                logger.warning("Live pushes get lost (%s); clients catch up from the event log", type(error).__name__)
            self.lost += 1
        else:
            if self.lost:
                logger.warning("Live pushes work again; %d were lost", self.lost)
            self.lost = 0


_lock = threading.Lock()
_pusher: _Pusher | None = None


def push(group: str, message: dict[str, Any]) -> None:
    """Queue `message` (with its consumer `type`) for every member of `group`; never blocks, never raises."""
    global _pusher
    with _lock:
        if _pusher is None or _pusher.pid != os.getpid():  # a forked worker has no thread of its own yet
            _pusher = _Pusher()
        pusher = _pusher
    pusher.put(group, message)
