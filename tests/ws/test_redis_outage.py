"""Redis dies and comes back: clients stay connected and miss nothing that is in the log."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer

from sessions_app.models import Session
from tests.ws.client import connection, in_database, listening, make_event, run
from whatsapp_api.accounts.models import Membership, User
from whatsapp_api.core import live
from whatsapp_api.events import feed, opening
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish_live
from whatsapp_api.ops import redis_server
from whatsapp_api.ops.children import die_with_parent


class Server:
    """A Redis of this test's own, to be killed."""

    def __init__(self, folder: Path) -> None:
        self.socket, self._data = folder / "redis.sock", folder / "data"
        self._child: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        command = redis_server.command(self.socket, self._data)
        self._child = subprocess.Popen(command, preexec_fn=die_with_parent)
        while not redis_server.answers(self.socket):
            await asyncio.sleep(0.01)

    def kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The channel layer's server for this test; pushes of this process go there as well."""
    server = Server(tmp_path)
    hosts: list[dict[str, Any]] = [{"address": f"unix://{server.socket}", "socket_connect_timeout": 1}]
    former = channel_layers.set("default", RedisPubSubChannelLayer(hosts=hosts))
    monkeypatch.setattr(live, "_pusher", None)
    monkeypatch.setattr(feed, "POLL_SECONDS", 0.1)
    yield server
    server.kill()
    channel_layers.set("default", former)


def push_qr(session: Session, number: int) -> None:
    publish_live(
        EventType.SESSION_QR, workspace_id=session.workspace_id, session_id=session.pk, payload={"number": number}
    )


def test_clients_outlive_redis(alice: User, connected: Session, server: Server) -> None:
    async def scenario() -> None:
        await server.start()
        async with listening(alice) as before:
            await in_database(make_event, connected, 1)
            assert await before.numbers(1) == [1]

            server.kill()
            await in_database(make_event, connected, 2)
            async with listening(alice) as during:
                await in_database(make_event, connected, 3)
                assert await before.numbers(2) == [2, 3]
                assert await during.numbers(1) == [3]

                await server.start()
                for client in (before, during):
                    await until_live(client)
                await in_database(make_event, connected, 4)
                assert await logged(before) == await logged(during) == 4

    async def until_live(client: Any) -> None:
        """What is not in the log can only come through Redis."""
        while await client.silent(0.1):
            await in_database(push_qr, connected, 0)

    async def logged(client: Any) -> int:
        while (event := await client.event())["sequence"] is None:
            pass
        return int(event["payload"]["number"])

    run(scenario())


def test_rights_that_were_lost_before_redis_is_there_count_as_soon_as_it_is(
    alice: User, connected: Session, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "RECHECK_SECONDS", 3600.0)

    async def scenario() -> None:
        client = connection(user=alice)
        await client.connect()
        assert (await client.message())["type"] == "ready"
        await in_database(make_event, connected, 1)
        assert await client.numbers(1) == [1]
        await in_database(Membership.objects.filter(user=alice).delete)
        await server.start()
        assert (await client.closed())[0] == 4403

    run(scenario())


def test_a_client_can_connect_before_redis_is_there(alice: User, connected: Session, server: Server) -> None:
    async def scenario() -> None:
        async with listening(alice, "?since=0") as client:
            await in_database(make_event, connected, 1)
            assert await client.numbers(1) == [1]
            await server.start()
            while await client.silent(0.1):
                await in_database(push_qr, connected, 0)
            assert (await client.event())["event"] == "session.qr"

    run(scenario())
