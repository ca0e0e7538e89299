"""Events arrive as they happen."""

from sessions_app.models import Session
from tests import factories
from tests.ws.client import in_database, listening, make_event, make_events, run
from whatsapp_api.accounts.models import User
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish_live


def test_it_sends_events_in_order_as_envelopes(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        async with listening(alice) as client:
            await in_database(make_events, connected, range(5))
            first = await client.event()
            assert await client.numbers(4) == [1, 2, 3, 4]
        assert first["event"] == "session.status"
        assert first["sequence"] == 1
        assert first["session"] == str(connected.id)
        assert first["workspace"] == str(connected.workspace_id)
        assert first["timestamp"].endswith("Z")

    run(scenario())


def test_it_passes_on_what_is_never_stored(alice: User, connected: Session) -> None:
    async def scenario() -> None:
        async with listening(alice) as client:
            await in_database(
                lambda: publish_live(
                    EventType.SESSION_QR,
                    workspace_id=connected.workspace_id,
                    session_id=connected.id,
                    payload={"qr": "2@secret", "index": 1},
                )
            )
            event = await client.event()
        assert (event["event"], event["sequence"]) == ("session.qr", None)
        assert event["payload"]["qr"] == "2@secret"

    run(scenario())


def test_it_sends_nothing_of_other_workspaces(alice: User, connected: Session) -> None:
    foreign = factories.connected_session(factories.workspace("Elsewhere"))

    async def scenario() -> None:
        async with listening(alice) as client:
            await in_database(make_event, foreign, 1)
            await in_database(make_event, connected, 2)
            assert await client.numbers(1) == [2]

    run(scenario())


def test_a_superuser_hears_every_workspace(connected: Session) -> None:
    root = factories.superuser()
    elsewhere = factories.connected_session(factories.workspace("Elsewhere"))

    async def scenario() -> None:
        async with listening(root) as client:
            await in_database(make_event, elsewhere, 1)
            await in_database(make_event, connected, 2)
            assert sorted(await client.numbers(2)) == [1, 2]

    run(scenario())


def test_it_filters_by_session_and_type(alice: User, connected: Session) -> None:
    other = factories.connected_session(connected.workspace, "Other")

    async def scenario() -> None:
        async with listening(alice, f"?session={connected.id}&event=message.*") as client:
            await in_database(make_event, other, 1, EventType.MESSAGE)
            await in_database(make_event, connected, 2, EventType.SESSION_STATUS)
            await in_database(make_event, connected, 3, EventType.MESSAGE)
            await in_database(make_event, connected, 4, EventType.MESSAGE_ACK)
            assert await client.numbers(2) == [3, 4]

    run(scenario())
