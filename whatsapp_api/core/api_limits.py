"""Refuses bodies that are too long before they are read: Django would put all of one on the disk first."""

import json
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


class BodyLimit:
    """ASGI: answers 413 beyond MAX_BODY_BYTES, whether the length is announced or not."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLong
            return message

        try:
            if _announced(scope) > limit:
                raise TooLong
            await self.app(scope, counted, send)
        except TooLong:
            await _refuse(send, limit)


def _announced(scope: Any) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


async def _refuse(send: Send, limit: int) -> None:
    name = uuid.uuid4().hex
    request_id.set(name)
    text = json.dumps(body("body_too_large", f"The body may have at most {limit} bytes.")).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(text)),
        "x-request-id": name,
        "connection": "close",  # what is left of the body is not read, so it cannot be used again
    }
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 413, "headers": pairs})
    await send({"type": "http.response.body", "body": text})
