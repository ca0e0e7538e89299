"""Refuses bodies that are too long before they are read, since Django would put all of one on the disk first, and
bodies that come so slowly that somebody means to hold connections."""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

from .errors import body
from .logs import request_id

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]


class TooLong(Exception):
    """More bytes than allowed have arrived."""


class TooSlow(Exception):
    """The body does not come."""


PATIENCE = 20.0  # seconds for a body, and longer by what it brings at the slowest tolerated rate
SLOWEST = 8192  # bytes per second


HEADERS_BYTES, HEADERS = 65_536, 200


class HeaderLimit:
    """ASGI: answers 431 to more headers than anybody needs, and 400 where a proxy may have read another body."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        if len(headers) > HEADERS or sum(len(name) + len(value) for name, value in headers) > HEADERS_BYTES:
            sentence = f"Send at most {HEADERS} headers with {HEADERS_BYTES} bytes in all."
            await _refuse(send, 431, "headers_too_large", sentence)
        elif any(name == b"transfer-encoding" and value.strip().lower() != b"chunked" for name, value in headers):
            await _refuse(send, 400, "invalid_request", "The only transfer encoding is `chunked`.")
        else:
            await self.app(scope, receive, send)


class BodyLimit:
    """ASGI: answers 413 beyond MAX_BODY_BYTES, whether the length is announced or not; 408 when it does not come."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        received, complete, began = 0, False, time.monotonic()

        async def counted() -> Message:
            nonlocal received, complete
            if complete:  # what follows is the end of the connection, which may take its time
                return await receive()
            message = await _in_time(receive, began + PATIENCE + received / SLOWEST)
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise TooLong
            return message

        try:
            if _announced(scope) > limit:
                raise TooLong
            await self.app(scope, counted, send)
        except TooLong:
            await _refuse(send, 413, "body_too_large", f"The body may have at most {limit} bytes.")
        except TooSlow:
            await _refuse(send, 408, "body_too_slow", "The body of the request did not arrive in time; send it again.")


async def _in_time(receive: Receive, deadline: float) -> Message:
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            return await receive()
    except TimeoutError as error:
        raise TooSlow from error


def _announced(scope: Any) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    name = uuid.uuid4().hex
    request_id.set(name)
    text = json.dumps(body(code, message)).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(text)),
        "x-request-id": name,
        "connection": "close",  # what is left of the body is not read, so it cannot be used again
    }
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": text})
