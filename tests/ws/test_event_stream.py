"""Server-Sent Events: the same events, resumed by Last-Event-ID."""

import asyncio
import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from sessions_app.models import Session
from tests import factories
from tests.ws.client import PATIENCE, in_database, make_event, make_events, run
from whatsapp_api.accounts.models import User
from whatsapp_api.asgi import application


class Source:
    """A client: `message()` gives id, event and data."""

    def __init__(self, query: str = "", *, user: User | None = None, method: str = "GET", **headers: str) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            given["authorization"] = f"Bearer {factories.token(user)}"
        scope = {
            "type": "http",
            "method": method,
            "path": "/api/v1/events/stream",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self._wire = ApplicationCommunicator(application, scope)
        self.status = 0
        self._text = ""

    async def open(self) -> int:
        start = await self._wire.receive_output(PATIENCE)
        self.status = start["status"]
        return self.status

    async def message(self) -> dict[str, Any]:
        while True:
            while "\n\n" not in self._text:
                self._text += (await self._wire.receive_output(PATIENCE))["body"].decode()
            block, _, self._text = self._text.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "event" in fields:
                return {"id": fields.get("id"), "event": fields["event"], "data": json.loads(fields["data"])}

    async def error(self) -> str:
        answer = await self._wire.receive_output(PATIENCE)
        return str(json.loads(answer["body"])["error"]["code"])

    async def close(self) -> None:
        await self._wire.send_input({"type": "http.disconnect"})
        await self._wire.wait(PATIENCE)


def test_it_streams_what_happens(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        source = Source(user=alice)
        assert await source.open() == 200
        assert (await source.message())["event"] == "ready"
        await in_database(make_event, connected, 1)
        message = await source.message()
        assert (message["id"], message["event"]) == ("1", "session.status")
        assert message["data"]["payload"] == {"number": 1}
        await source.close()

    run(scenario())


def test_it_resumes_after_the_last_id(alice: User, connected: Session) -> None:
    make_events(connected, range(1, 6))

    async def scenario() -> None:
        source = Source("since=1", user=alice, last_event_id="3")
        await source.open()
        assert [(await source.message())["event"] for _ in range(1)] == ["ready"]
        assert [(await source.message())["id"] for _ in range(2)] == ["4", "5"]
        await source.close()

    run(scenario())


def test_it_resumes_each_of_several_workspaces(connected: Session) -> None:
    root = factories.superuser()
    second = factories.connected_session(factories.workspace("Second"))
    make_events(connected, range(1, 4))
    make_events(second, range(11, 14))

    async def scenario() -> None:
        mark = f"{connected.workspace_id}:2,{second.workspace_id}:1"
        source = Source(user=root, last_event_id=mark)
        await source.open()
        await source.message()
        got = [await source.message() for _ in range(3)]
        assert sorted(each["data"]["payload"]["number"] for each in got) == [3, 12, 13]
        assert set(str(got[-1]["id"]).split(",")) == {f"{connected.workspace_id}:3", f"{second.workspace_id}:3"}
        await source.close()

    run(scenario())


def test_it_refuses_as_rest_does(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        for source, status, code in (
            (Source(), 401, "not_authenticated"),
            (Source("event=nothing", user=alice), 400, "invalid_filter"),
            (Source("ticket=unknown"), 401, "not_authenticated"),
            (Source(user=alice, method="POST"), 405, "method_not_allowed"),
            (Source(user=alice, last_event_id="x"), 400, "invalid_filter"),
        ):
            assert await source.open() == status
            assert await source.error() == code

    run(scenario())


def test_a_client_that_goes_leaves_nothing_behind(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        source = Source(user=alice)
        await source.open()
        await source.message()
        await source.close()
        await asyncio.sleep(0)
        assert not [task for task in asyncio.all_tasks() if "_pump" in repr(task)]

    run(scenario())
