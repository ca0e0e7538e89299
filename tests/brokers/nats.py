"""Debian's nats-server with JetStream."""

import asyncio
from typing import Any

import nats
import pytest

from tests.brokers.common import PASSWORD, USERNAME, Broker, request
from tests.webhooks.receiver import Request
from whatsapp_api.ops.brokers import find_nats

STREAM = "wa"
CONFIGURATION = """
listen: 127.0.0.1:{port}
max_payload: 64KB
jetstream {{ store_dir: "{folder}" }}
authorization {{ user: {user}, password: "{password}" }}
"""


class NatsBroker(Broker):
    scheme, query = "nats", "?subject=wa.{event}"
    username = USERNAME

    def begin(self) -> None:
        program = find_nats()
        if program is None:
            pytest.skip("nats-server cannot be had here")
        path = self.folder / "nats.conf"
        path.write_text(CONFIGURATION.format(port=self.port, folder=self.folder, user=USERNAME, password=PASSWORD))
        self.run([program, "-c", str(path)])

    def fresh(self) -> None:
        asyncio.run(self._do(self._fresh))

    def received(self) -> list[Request]:
        found: list[Request] = asyncio.run(self._do(self._received))
        return found

    def refuse(self) -> None:
        asyncio.run(self._do(lambda stream: stream.delete_stream(STREAM)))

    def accept(self) -> None:
        asyncio.run(self._do(lambda stream: stream.add_stream(name=STREAM, subjects=["wa.>"])))

    async def _do(self, work: Any) -> Any:
        client = await nats.connect(
            f"nats://127.0.0.1:{self.port}",
            user=USERNAME,
            password=PASSWORD,
            allow_reconnect=False,
            error_cb=_quiet,
        )
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    async def _fresh(self, stream: Any) -> None:
        for info in await stream.streams_info():
            await stream.delete_stream(info.config.name)
        await stream.add_stream(name=STREAM, subjects=["wa.>"])

    async def _received(self, stream: Any) -> list[Request]:
        try:
            state = (await stream.stream_info(STREAM)).state
        except nats.js.errors.NotFoundError:
            return []
        found = [await stream.get_msg(STREAM, number) for number in range(1, state.last_seq + 1)]
        return [request(each.headers, each.data) for each in found]


async def _quiet(error: Exception) -> None:
    """It is raised as well."""
