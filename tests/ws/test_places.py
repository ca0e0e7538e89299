"""Nobody holds more connections than allowed."""

from typing import Any

from sessions_app.models import Session
from tests import factories
from tests.ws.client import connection, listening, run
from whatsapp_api.accounts.models import User


def test_a_user_holds_a_limited_number_of_connections(alice: User, connected: Session, settings: Any) -> None:
    settings.EVENT_CONNECTIONS_PER_USER = 2
    bob = factories.user("bob", workspace=connected.workspace)

    async def scenario() -> None:
        async with listening(alice):
            async with listening(alice):
                third = connection(user=alice)
                await third.connect()
                assert (await third.closed())[0] == 4429
                async with listening(bob):
                    pass
            async with listening(alice):
                pass

    run(scenario())
