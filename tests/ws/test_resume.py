"""A client misses nothing: neither while it was away nor when live pushes get lost."""

import asyncio
from unittest import mock

import pytest

from sessions_app.models import Session
from tests import factories
from tests.ws.client import connection, in_database, listening, make_event, make_events, run
from whatsapp_api.accounts.models import Membership, User
from whatsapp_api.core import live
from whatsapp_api.events import feed, stream
from whatsapp_api.events.models import Event, EventType


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the counters often, so that tests need not wait."""
    monkeypatch.setattr(feed, "POLL_SECONDS", 0.05)


def test_it_resumes_exactly_after_a_sequence(alice: User, connected: Session) -> None:
    make_events(connected, range(1, 8))

    async def scenario() -> None:
        async with listening(alice, "?since=3") as client:
            assert await client.numbers(4) == [4, 5, 6, 7]
            await in_database(make_event, connected, 8)
            assert await client.numbers(1) == [8]

    run(scenario())


def test_it_pages_through_a_long_absence(alice: User, connected: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAGE", 3)
    make_events(connected, range(1, 12))

    async def scenario() -> None:
        async with listening(alice, "?since=0") as client:
            assert await client.numbers(11) == list(range(1, 12))

    run(scenario())


def test_a_filter_holds_for_the_log_too(alice: User, connected: Session) -> None:
    other = factories.connected_session(connected.workspace, "Other")
    make_event(connected, 1, EventType.MESSAGE)
    make_event(other, 2, EventType.MESSAGE)
    make_event(connected, 3, EventType.SESSION_STATUS)
    make_event(connected, 4, EventType.MESSAGE_ACK)

    async def scenario() -> None:
        async with listening(alice, f"?since=0&session={connected.id}&event=message&event=message.ack") as client:
            assert await client.numbers(2) == [1, 4]

    run(scenario())


def test_it_fills_a_gap_as_soon_as_the_next_event_arrives(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        async with listening(alice) as client:
            with mock.patch.object(live, "push"):
                await in_database(make_events, connected, range(1, 6))
            await in_database(make_event, connected, 6)
            assert await client.numbers(6) == [1, 2, 3, 4, 5, 6]

    run(scenario())


def test_it_finds_lost_events_without_a_next_one(alice: User, connected: Session, impatient: None) -> None:
    async def scenario() -> None:
        async with listening(alice) as client:
            with mock.patch.object(live, "push"):
                await in_database(make_events, connected, range(1, 4))
            assert await client.numbers(3) == [1, 2, 3]

    run(scenario())


def test_it_sends_overtaken_and_repeated_pushes_once_and_in_order(alice: User, connected: Session) -> None:
    pushed: list[tuple[str, dict[str, object]]] = []

    async def scenario() -> None:
        async with listening(alice) as client:
            with mock.patch.object(live, "push", side_effect=lambda *push: pushed.append(push)):
                await in_database(make_events, connected, range(1, 5))
            for index in (2, 0, 3, 1, 3, 2):
                live.push(*pushed[index])
            assert await client.numbers(4) == [1, 2, 3, 4]
            assert await client.silent()

    run(scenario())


def test_a_slow_client_gets_everything(alice: User, connected: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "INBOX_LIMIT", 2)

    async def scenario() -> None:
        async with listening(alice) as client:
            await in_database(make_events, connected, range(1, 31))
            assert await client.numbers(30) == list(range(1, 31))

    run(scenario())


def test_many_clients_each_get_every_event(alice: User, connected: Session) -> None:
    async def one() -> None:
        async with listening(alice, "?since=0") as client:
            assert await client.numbers(20) == list(range(1, 21))

    async def scenario() -> None:
        clients = [asyncio.create_task(one()) for _ in range(10)]
        for number in range(1, 21):
            await in_database(make_event, connected, number)
        await asyncio.gather(*clients)

    run(scenario())


def test_it_says_what_is_no_longer_kept(alice: User, connected: Session) -> None:
    make_events(connected, range(1, 6))
    Event.objects.filter(sequence__lte=3).delete()

    async def scenario() -> None:
        async with listening(alice, "?since=1") as client:
            notice = await client.message()
            assert notice == {"type": "expired", "workspace": str(connected.workspace_id), "from": 2, "to": 3}
            assert await client.numbers(2) == [4, 5]

    run(scenario())


def test_it_refuses_a_sequence_of_the_future(alice: User, connected: Session) -> None:
    make_event(connected, 1)

    async def scenario() -> None:
        client = connection("?since=2", user=alice)
        await client.connect()
        assert await client.closed() == (4400, "since: the log has only come to 1 so far.")

    run(scenario())


def test_ready_says_where_the_client_stands(alice: User, connected: Session) -> None:
    make_events(connected, range(1, 4))

    async def scenario() -> None:
        client = connection(user=alice)
        await client.connect()
        assert (await client.message())["sequences"] == {str(connected.workspace_id): 3}
        await client.disconnect()

    run(scenario())


def test_it_resumes_several_workspaces_each_from_its_own_sequence(alice: User, connected: Session) -> None:
    second = factories.connected_session(factories.workspace("Second"))
    Membership.objects.create(user=alice, workspace=second.workspace)
    make_events(connected, range(1, 4))
    make_events(second, range(11, 14))

    async def scenario() -> None:
        query = f"?since={connected.workspace_id}:1&since={second.workspace_id}:2"
        async with listening(alice, query) as client:
            assert sorted(await client.numbers(3)) == [2, 3, 13]

    run(scenario())
