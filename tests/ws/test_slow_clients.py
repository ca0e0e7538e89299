"""A client that does not read is let go, and takes nothing with it."""

import asyncio
from typing import Any

import pytest

from sessions_app.models import Session
from tests import factories
from tests.ws.client import PATIENCE, in_database, make_event, run
from whatsapp_api.accounts.models import User
from whatsapp_api.asgi import application
from whatsapp_api.events import consumers


def test_a_client_that_reads_nothing_is_closed(
    alice: User, connected: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SEND_SECONDS", 0.1)
    monkeypatch.setattr(consumers, "CLOSE_SECONDS", 0.1)
    header = (b"authorization", f"Bearer {factories.token(alice)}".encode())
    scope = {"type": "websocket", "path": "/ws/events", "query_string": b"", "headers": [header], "subprotocols": []}
    ready = asyncio.Event()
    inbox: list[dict[str, Any]] = [{"type": "websocket.connect"}]

    async def receive() -> dict[str, Any]:
        if inbox:
            return inbox.pop()
        return await asyncio.Future()

    async def send(message: Any) -> None:
        """Full from the first event on."""
        if "ready" in message.get("text", ""):
            ready.set()
        elif message["type"] != "websocket.accept":
            await asyncio.Future()

    async def scenario() -> None:
        connection = asyncio.create_task(application(scope, receive, send))
        await asyncio.wait_for(ready.wait(), PATIENCE)
        await in_database(make_event, connected, 1)
        await asyncio.wait_for(connection, PATIENCE)

    run(scenario())
