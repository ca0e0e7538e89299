"""Dispatches requests, keeps strangers out, and gives every error the same shape."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from sessions_app.sandbox.control.call import Call
from sessions_app.sandbox.control.routes import find
from sessions_app.sandbox.server.errors import SandboxError
from sessions_app.sandbox.server.http import Request, Response
from sessions_app.sandbox.server.sandbox import Sandbox
from sessions_app.sandbox.server.sockets import is_loopback

log = logging.getLogger(__name__)
JSON = {"content-type": "application/json", "cache-control": "no-store"}


class ControlApi:
    """`handle()` answers the requests under ``/control/``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle(self, request: Request) -> Response:
        """One request."""
        try:
            _guard(request)
            handler, arguments = find(request)
            answer = await handler(Call(self._sandbox, request), *arguments)
            if request.method != "GET":
                self._sandbox.storage.flush_if_changed()  # what the caller was told has happened must not be forgotten
        except SandboxError as error:
            return _json({"error": {"code": error.code, "message": error.message}}, error.status)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return _json({"error": {"code": "internal", "message": "the sandbox failed; see its log"}}, 500)
        return answer if isinstance(answer, Response) else _json(answer)


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode(), JSON)


def _guard(request: Request) -> None:
    """A web page that a browser was lured to must not drive the sandbox, by DNS rebinding or by a plain form."""
    if not is_loopback(_hostname(f"//{request.headers.get('host', '')}")):
        raise SandboxError(403, "host_refused", "use the loopback address")
    origin = request.headers.get("origin")
    if origin is not None and not is_loopback(_hostname(origin)):
        raise SandboxError(403, "origin_refused", "requests of other origins are refused")


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
