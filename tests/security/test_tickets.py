"""Who opens a WebSocket: tickets and keys, what they may hear, and when they are refused."""

import time
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache

from tests import factories
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.keys.services import key_create
from whatsapp_api.accounts.models import Membership, User, Workspace
from whatsapp_api.core.errors import ApiError
from whatsapp_api.events.callers import Caller, caller
from whatsapp_api.events.subscriptions import subscription


@pytest.fixture(autouse=True)
def fresh() -> None:
    cache.clear()


def opened(query: str = "", **headers: str) -> Caller:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return caller({"query_string": query.encode(), "headers": pairs, "client": ("203.0.113.9", 5)})


def refused(query: str = "", **headers: str) -> int:
    with pytest.raises(ApiError) as error:
        opened(query, **headers)
    return error.value.http_status


def ticket(user: User) -> str:
    answer = factories.client(user).post("/api/v1/auth/ticket")
    assert answer["Cache-Control"] == "no-store"
    return str(answer.json()["ticket"])


def test_a_ticket_opens_one_connection(owner: User, workspace: Workspace) -> None:
    text = ticket(owner)
    assert opened(f"ticket={text}").hearing().workspaces == (workspace.pk,)
    assert refused(f"ticket={text}") == 401


def test_a_ticket_expires_and_cannot_be_made_up(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ticket(owner)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert refused(f"ticket={text}") == 401
    assert refused("ticket=nonsense") == 401
    assert refused(f"ticket={signing.dumps([str(owner.pk), '', 'x'], salt='another')}") == 401


def test_without_credentials_it_stays_closed(db: None) -> None:
    assert refused() == 401
    assert refused(authorization="Bearer nonsense") == 401
    assert refused(x_api_key="wak_nonsense") == 401
    assert refused(cookie="sessionid=abc", origin="https://evil.example", host="127.0.0.1") == 403


def test_a_key_hears_what_it_may(owner: User, workspace: Workspace, session: Any) -> None:
    made: dict[str, Any] = {"authority": Authority(owner), "workspace_id": workspace.pk, "name": "x"}
    _, plain = key_create(**made, scopes=["read"])
    _, bound = key_create(**made, scopes=["read", "control"], sessions=[str(session.pk)])
    _, mute = key_create(**made, scopes=["send"])

    heard = opened(x_api_key=plain).hearing()
    assert (heard.workspaces, heard.pairing_in, heard.security) == ((workspace.pk,), frozenset(), False)
    asked = heard.restrict(subscription("event=*"))
    assert not [kind for kind in asked.wanted.types if kind.startswith("security.")]
    qr = {"event": "session.qr", "workspace": str(workspace.pk), "session": str(session.pk)}
    assert not asked.wanted.matches(qr)

    heard = opened(authorization=f"Bearer {bound}").hearing()
    assert heard.sessions == frozenset({session.pk})
    assert heard.restrict(subscription("")).wanted.matches(qr)
    assert opened(x_api_key=mute).hearing().workspaces == ()


def test_it_ends_with_the_key_and_with_the_membership(owner: User, workspace: Workspace) -> None:
    _, text = key_create(authority=Authority(owner), workspace_id=workspace.pk, name="x", scopes=["read"])
    who = opened(x_api_key=text)
    Membership.objects.filter(user=owner).delete()
    assert who.hearing().workspaces == ()
    ApiKey.objects.all().delete()
    with pytest.raises(ApiError):
        who.hearing()


def test_viewers_ask_for_security_events_in_vain(people: dict[str, User]) -> None:
    for role, status in (("viewer", 403), ("owner", 200)):
        answer = factories.client(people[role]).get("/api/v1/events?event=security.*")
        assert answer.status_code == status, role
