"""Every WebSocket address."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from sessions_app.selectors import session_workspaces
from whatsapp_api.events.consumers import EventConsumer
from whatsapp_api.events.sse import EventSource


async def no_such_address(scope: Any, receive: Any, send: Any) -> Any:
    """Says so, instead of a broken handshake."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404, "reason": "There is no WebSocket here; use /ws/events."})


STREAM = "/api/v1/events/stream"
event_stream = EventSource(session_workspaces=session_workspaces)
websockets = URLRouter(
    [
        path("ws/events", EventConsumer.as_asgi(session_workspaces=session_workspaces)),
        re_path(r"", no_such_address),
    ]
)
