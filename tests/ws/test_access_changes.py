"""Open connections end when what their owner may do changes: at once, told through Redis, not at the next look."""

from collections.abc import Callable
from typing import Any

import pytest

from sessions_app.models import Session
from tests import factories
from tests.ws.client import Client, connection, in_database, run
from tests.ws.test_event_stream import Source
from whatsapp_api.accounts import members
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.services import key_create, key_revoke, key_update
from whatsapp_api.accounts.login.services import logins_end
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

Change = Callable[[User, Authority], Any]


@pytest.fixture
def owner(workspace: Workspace) -> Authority:
    return Authority(factories.user("olga", workspace=workspace, role=Role.OWNER))


def deactivate(alice: User, _: Authority) -> None:
    alice.is_active = False
    alice.save()


CHANGES: dict[str, tuple[Change, int]] = {
    "removed": (lambda alice, by: members.member_remove(authority=by, member=own(alice)), 4403),
    "lowered": (lambda alice, by: members.member_change(authority=by, member=own(alice), role=Role.VIEWER), 4403),
    "deleted in the dashboard": (lambda alice, _: own(alice).delete(), 4403),
    "deactivated": (deactivate, 4401),
    "logged out everywhere": (lambda alice, _: logins_end(user=alice), 4401),
}


def own(alice: User) -> Membership:
    return Membership.objects.get(user=alice)


async def ready(client: Client) -> None:
    await client.connect()
    assert (await client.message())["type"] == "ready"


@pytest.mark.parametrize("what", CHANGES)
def test_a_websocket_ends_when_its_user(alice: User, owner: Authority, what: str) -> None:
    change, code = CHANGES[what]
    assert isinstance(owner.user, User)
    olga = owner.user

    async def scenario() -> None:
        client, other = connection(user=alice), connection(user=olga)
        await ready(client)
        await ready(other)
        await in_database(change, alice, owner)
        assert (await client.closed())[0] == code
        assert await other.silent()  # nothing changed for others
        await other.disconnect()

    run(scenario())


def test_an_event_stream_ends_when_its_user_is_removed(alice: User, owner: Authority) -> None:
    async def scenario() -> None:
        source = Source(user=alice)
        assert await source.open() == 200
        assert (await source.message())["event"] == "ready"
        await in_database(CHANGES["removed"][0], alice, owner)
        said = await source.message()
        assert (said["event"], said["data"]["code"]) == ("error", "permission_denied")
        await source.close()

    run(scenario())


@pytest.mark.parametrize("way", ["revoked", "narrowed", "its maker's role lowered"])
def test_a_websocket_of_a_key_ends_when_the_key_is(way: str, alice: User, owner: Authority, connected: Session) -> None:
    by, workspace_id = Authority(alice), connected.workspace_id
    ways: dict[str, Callable[[ApiKey], Any]] = {
        "revoked": lambda key: key_revoke(key=key),
        "narrowed": lambda key: key_update(authority=by, key=key, scopes=["read"]),
        "its maker's role lowered": lambda _: CHANGES["lowered"][0](alice, owner),
    }

    def make() -> tuple[ApiKey, str]:
        return key_create(authority=by, workspace_id=workspace_id, name="CRM", scopes=["read", "control"])

    async def scenario() -> None:
        key, text = await in_database(make)
        client = connection(headers={"X-Api-Key": text})
        await ready(client)
        await in_database(ways[way], key)
        assert (await client.closed())[0] == (4401 if way == "revoked" else 4403)

    run(scenario())
