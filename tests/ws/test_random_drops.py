"""A client that drops at random and resumes by `since` ends with the exact list.

WS_DROPS_EVENTS sets how many events; `make bench-websockets` does it over real connections with messages of phones.
"""

import asyncio
import os
import random

from sessions_app.models import Session
from tests.ws.client import PATIENCE, connection, in_database, make_event, run
from whatsapp_api.accounts.models import User

EVENTS = int(os.environ.get("WS_DROPS_EVENTS", "150"))


def test_a_client_that_drops_at_random_ends_with_the_exact_list(alice: User, connected: Session) -> None:
    got: list[int] = []

    async def publish() -> None:
        for number in range(1, EVENTS + 1):
            await in_database(make_event, connected, number)

    async def some(since: int, most: int) -> int:
        client = connection(f"?since={since}", user=alice)
        await client.connect()
        while most and len(got) < EVENTS:
            event = await client.event()
            got.append(event["payload"]["number"])
            since, most = event["sequence"], most - 1
        await client.disconnect()  # whatever it was sent meanwhile, nobody read
        return since

    async def scenario() -> None:
        publishing = asyncio.create_task(publish())
        since = connections = 0
        async with asyncio.timeout(PATIENCE + EVENTS):
            while len(got) < EVENTS:
                since, connections = await some(since, random.randint(1, 20)), connections + 1
        await publishing
        assert connections > EVENTS / 20

    run(scenario())
    assert got == list(range(1, EVENTS + 1))
