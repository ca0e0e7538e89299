"""Who may not listen, and what cannot be listened to: a close code and a sentence."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client as Browser
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from sessions_app.models import Session
from tests import factories
from tests.ws.client import connection, in_database, listening, make_event, run
from whatsapp_api.accounts.models import Membership, User
from whatsapp_api.events import opening


async def refused(*arguments: object, **options: object) -> tuple[int, str, str]:
    """Close code, error code and sentence."""
    client = connection(*arguments, **options)  # type: ignore[arg-type]
    await client.connect()
    error = (await client.message())["error"]
    code, reason = await client.closed()
    assert error["message"].startswith(reason)
    return code, error["code"], error["message"]


def test_it_wants_a_token(workspace: object) -> None:
    assert asyncio.run(refused())[:2] == (4401, "not_authenticated")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic YTpi", "Bearer a.b.c", "Token x"])
def test_it_refuses_a_bad_header(workspace: object, header: str) -> None:
    assert asyncio.run(refused(headers={"Authorization": header}))[:2] == (4401, "not_authenticated")


def test_it_refuses_a_refresh_token_and_an_expired_one(alice: User) -> None:
    expired = AccessToken.for_user(alice)
    expired.set_exp(lifetime=-timedelta(seconds=1))
    for token in (RefreshToken.for_user(alice), expired):
        assert asyncio.run(refused(headers={"Authorization": f"Bearer {token}"}))[0] == 4401


def test_it_refuses_a_token_in_the_address_even_a_good_one(alice: User) -> None:
    for name in ("token", "access_token", "Authorization"):
        code, error, _ = asyncio.run(refused(f"?{name}={factories.token(alice)}", user=alice))
        assert (code, error) == (4401, "token_in_url")


def test_it_refuses_a_user_who_was_deactivated(alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert asyncio.run(refused(user=alice))[0] == 4401


def test_browsers_offer_the_token_as_a_subprotocol(alice: User) -> None:
    async def scenario() -> None:
        client = connection(protocols=["bearer", factories.token(alice)])
        assert await client.connect() == "bearer"
        assert (await client.message())["type"] == "ready"
        await client.disconnect()

    run(scenario())
    assert asyncio.run(refused(protocols=["bearer"]))[0] == 4401
    assert asyncio.run(refused(protocols=["bearer", "nonsense"]))[0] == 4401


def test_the_dashboards_cookie_counts_on_its_own_pages_only(alice: User) -> None:
    browser = Browser()
    browser.force_login(alice)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"

    async def welcome() -> None:
        client = connection(headers={"Cookie": cookie, "Host": "localhost:8000", "Origin": "http://localhost:8000"})
        await client.connect()
        assert (await client.message())["type"] == "ready"
        await client.disconnect()

    run(welcome())
    for origin in ("http://evil.example", "http://localhost:3000", "null", ""):
        answer = asyncio.run(refused(headers={"Cookie": cookie, "Host": "localhost:8000", "Origin": origin}))
        assert answer[:2] == (4403, "foreign_origin"), origin
    evil = {"Cookie": cookie, "Host": "evil.example", "Origin": "http://evil.example"}  # DNS rebinding
    assert asyncio.run(refused(headers=evil))[0] == 4403
    browser.logout()
    assert (
        asyncio.run(refused(headers={"Cookie": cookie, "Host": "localhost", "Origin": "http://localhost"}))[0] == 4401
    )


def test_it_refuses_filters_that_mean_nothing(alice: User) -> None:
    assert asyncio.run(refused("?event=nonsense", user=alice))[:2] == (4400, "invalid_filter")


def test_it_refuses_what_belongs_to_others(alice: User) -> None:
    elsewhere = factories.workspace("Elsewhere")
    foreign = factories.session(elsewhere)

    assert asyncio.run(refused(f"?session={foreign.id}", user=alice))[:2] == (4403, "session_not_found")
    assert asyncio.run(refused(f"?session={uuid.uuid4()}", user=alice))[:2] == (4403, "session_not_found")
    assert asyncio.run(refused(f"?workspace={elsewhere.id}", user=alice))[:2] == (4403, "workspace_not_found")


def test_since_needs_one_workspace(alice: User, connected: Session) -> None:
    Membership.objects.create(user=alice, workspace=factories.workspace("Second"))

    assert asyncio.run(refused("?since=0", user=alice))[:2] == (4400, "invalid_filter")

    async def scenario() -> None:
        for query in (f"?since=0&session={connected.id}", f"?since=0&workspace={connected.workspace_id}"):
            async with listening(alice, query):
                pass

    run(scenario())


def test_it_ends_when_the_token_expires(alice: User, connected: Session) -> None:
    token = AccessToken.for_user(alice)
    token.set_exp(lifetime=timedelta(seconds=1.5))

    async def scenario() -> None:
        client = connection(headers={"Authorization": f"Bearer {token}"})
        await client.connect()
        code, reason = await client.closed()
        assert code == 4401
        assert "expired" in reason

    run(scenario())


def test_it_ends_when_the_caller_leaves_the_workspace(
    alice: User, connected: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "RECHECK_SECONDS", 0.05)

    async def scenario() -> None:
        client = connection(user=alice)
        await client.connect()
        await in_database(Membership.objects.filter(user=alice).delete)
        assert (await client.closed())[0] == 4403
        await in_database(make_event, connected, 1)

    run(scenario())


def test_it_answers_pings_and_refuses_all_else(alice: User) -> None:
    async def scenario() -> None:
        async with listening(alice) as client:
            await client.send('{"type": "ping"}')
            assert await client.message() == {"type": "pong"}
            for text in ("", "nonsense", "[" * 100_000, "[]", "1", '{"type": "subscribe"}', '{"type": {}}', "\x00"):
                await client.send(text)
                assert (await client.message())["type"] == "error"
            await client.send_bytes(b"\xff\xfe")
            assert (await client.message())["error"]["code"] == "invalid_json"

    run(scenario())


def test_there_is_no_other_websocket(workspace: object) -> None:
    async def scenario() -> None:
        client = connection(path="/ws/nonsense")
        await client.connect()
        assert (await client.closed())[0] == 4404

    run(scenario())
