"""A WebSocket client without a network, and ways to make events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import User
from whatsapp_api.asgi import application
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

PATIENCE = 60.0


class Client:
    """Reads typed messages; `event()` skips what is not an event."""

    def __init__(self, scope: dict[str, Any]) -> None:
        self._wire = ApplicationCommunicator(application, scope)

    async def connect(self) -> str | None:
        """Answers the subprotocol that was agreed on."""
        await self._wire.send_input({"type": "websocket.connect"})
        answer = await self._wire.receive_output(PATIENCE)
        assert answer["type"] == "websocket.accept", answer
        protocol: str | None = answer.get("subprotocol")
        return protocol

    async def disconnect(self) -> None:
        await self._wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._wire.wait(PATIENCE)

    async def send(self, text: str) -> None:
        await self._wire.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self._wire.send_input({"type": "websocket.receive", "bytes": data})

    async def message(self) -> dict[str, Any]:
        output = await self._wire.receive_output(PATIENCE)
        assert output["type"] == "websocket.send", output
        loaded: dict[str, Any] = json.loads(output["text"])
        return loaded

    async def event(self) -> dict[str, Any]:
        while "event" not in (message := await self.message()):
            pass
        return message

    async def numbers(self, count: int) -> list[int]:
        return [(await self.event())["payload"]["number"] for _ in range(count)]

    async def silent(self, seconds: float = 0.05) -> bool:
        nothing: bool = await self._wire.receive_nothing(seconds)
        return nothing

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close that must come."""
        while (output := await self._wire.receive_output(PATIENCE))["type"] != "websocket.close":
            pass
        await self._wire.wait(PATIENCE)
        return output["code"], output.get("reason", "")


def connection(
    query: str = "",
    *,
    user: User | None = None,
    headers: dict[str, str] | None = None,
    protocols: list[str] | None = None,
    path: str = "/ws/events",
) -> Client:
    given = dict(headers or {})
    if user:
        given["Authorization"] = f"Bearer {factories.token(user)}"
    return Client(
        {
            "type": "websocket",
            "path": path,
            "query_string": query.lstrip("?").encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
            "subprotocols": protocols or [],
        }
    )


@asynccontextmanager
async def listening(user: User, query: str = "") -> AsyncIterator[Client]:
    """A client that is ready."""
    client = connection(query, user=user)
    await client.connect()
    ready = await client.message()
    assert ready["type"] == "ready", ready
    yield client
    await client.disconnect()


def make_event(session: Session, number: int, kind: EventType = EventType.SESSION_STATUS) -> int:
    event = publish(kind, workspace_id=session.workspace_id, session_id=session.pk, payload={"number": number})
    return event.sequence


def make_events(session: Session, numbers: range) -> None:
    for number in numbers:
        make_event(session, number)


async def in_database(function: Callable[..., Any], *arguments: Any) -> Any:
    """Database work from a test's coroutine."""
    return await sync_to_async(function)(*arguments)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)
