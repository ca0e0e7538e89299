"""Uploads reach their view as they arrive. Django alone would first put the whole body on the disk, or in memory."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .api_limits import PATIENCE, SLOWEST

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Any, Receive, Any], Awaitable[None]]

SCOPE_KEY = "upload"
ADDRESSES = frozenset({"/api/v1/media"})
AT_ONCE = 32
_places = threading.BoundedSemaphore(AT_ONCE)


class UploadBroken(Exception):
    """The client went away, or fell silent, in the middle of its body."""


class BodyStream:
    """The body of one request, read by the view's thread while the event loop receives it.

    Only one ASGI message is held at a time: who reads slowly slows the client down.
    """

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes]) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._rest = b""
        self._began, self._received = time.monotonic(), 0
        self.content_type = headers.get(b"content-type", b"").decode("latin-1")
        self.length = headers.get(b"content-length", b"").decode("latin-1")

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; empty at the end. UploadBroken when the client does not go on."""
        while not self._rest and not self._over.is_set():
            step = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            try:
                self._rest = step.result(self._patience())
            except TimeoutError as error:
                step.cancel()
                raise UploadBroken("The client fell silent.") from error
            self._received += len(self._rest)
        size = len(self._rest) if size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def _patience(self) -> float:
        """Seconds to wait for more: an upload may take long, but not for nothing."""
        return max(0.0, self._began + PATIENCE + self._received / SLOWEST - time.monotonic())

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] != "http.request":
            self._over.set()
            raise UploadBroken("The client went away.")
        if not message.get("more_body", False):
            self._over.set()
        return bytes(message.get("body", b""))

    async def after(self) -> Message:
        """For whoever waits for the client to hang up: nothing comes before the body is read."""
        await self._over.wait()
        return await self._receive()


class UploadBody:
    """ASGI: gives requests to ADDRESSES an empty body, and the true one as `scope["upload"]`."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        headers = dict(scope["headers"])
        if not _is_upload(scope, headers):
            await self.app(scope, receive, send)
            return
        stream = BodyStream(receive, headers)
        hidden = (b"content-type", b"content-length", b"transfer-encoding")
        rest = [(name, value) for name, value in scope["headers"] if name not in hidden]
        await self.app({**scope, "headers": rest, SCOPE_KEY: stream}, _empty_then(stream), send)


def _is_upload(scope: Any, headers: Mapping[bytes, bytes]) -> bool:
    form = headers.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
    return form and scope["method"] == "POST" and scope["path"] in ADDRESSES


def _empty_then(stream: BodyStream) -> Receive:
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            return await stream.after()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def upload_place() -> bool:
    """Take one of the places for uploads, which hold a thread each; give it back with `upload_done`."""
    return _places.acquire(blocking=False)


def upload_done() -> None:
    """Give the place back."""
    _places.release()
