"""Who is at the other end: ASGI's `client`, made true behind proxies, and the installation's allowlist.

Only a peer in TRUSTED_PROXIES may say for whom it asks. Everybody else's X-Forwarded-* headers are dropped before
anything reads them, so that nobody can claim another address, host or scheme. The web server itself must not do the
same beforehand (Procfile: --no-proxy-headers): it would trust whoever connects from loopback.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from .api_limits import App, Receive, Send
from .errors import body
from .networks import address_allowed, address_in

FORWARDED = frozenset({b"forwarded", b"x-real-ip"}) | {
    b"x-forwarded-" + name for name in (b"for", b"host", b"port", b"proto", b"server", b"prefix")
}
ALWAYS_OPEN = ("/api/health/live",)  # a load balancer's probe; says nothing but that the process runs

Headers = list[tuple[bytes, bytes]]


class ClientAddress:
    """Outermost: what runs inside believes REMOTE_ADDR."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        peer = str((scope.get("client") or ("", 0))[0])
        headers: Headers = scope["headers"]
        if address_in(peer, settings.TRUSTED_PROXIES):
            address = forwarded_for(peer, headers)
        else:
            address = peer
            headers = [(name, value) for name, value in headers if name.lower() not in FORWARDED]
        scope = {**scope, "client": (address, 0), "headers": headers}
        if scope["path"] not in ALWAYS_OPEN and not address_allowed(address, settings.IP_ALLOWLIST):
            await _refuse(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def forwarded_for(peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
    """From the right, the first address that is no trusted proxy: all left of it could be made up."""
    values = [value.decode("latin-1") for name, value in headers if name.lower() == b"x-forwarded-for"]
    address = peer
    for part in reversed(",".join(values).split(",")):
        named = _without_port(part.strip())
        if not address_in(named, ("0.0.0.0/0", "::/0")):
            break  # empty or garbage: what the nearest proxy saw is all that we know
        address = named
        if not address_in(named, settings.TRUSTED_PROXIES):
            break
    return address


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


async def _refuse(scope: Any, receive: Receive, send: Send) -> None:
    code, message = "address_not_allowed", "This installation may not be used from your address."
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": message})
        return
    text = json.dumps(body(code, message)).encode()
    pairs = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": pairs})
    await send({"type": "http.response.body", "body": text})
