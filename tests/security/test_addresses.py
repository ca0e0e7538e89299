"""Who is at the other end: true behind a proxy, and not to be made up."""

import asyncio
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.allowlists import restricted
from whatsapp_api.accounts.models import User, Workspace
from whatsapp_api.core import env
from whatsapp_api.core.client_address import ClientAddress

PROXY, CLIENT, OTHER = "10.0.0.5", "203.0.113.9", "198.51.100.7"


def seen(peer: str, *headers: tuple[str, str], path: str = "/api/v1/sessions") -> tuple[str, dict[str, str], int]:
    """The address and headers that the application sees, and the status it answers."""
    inner: dict[str, Any] = {}
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inner.update(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "path": path, "client": (peer, 5), "headers": pairs}
    asyncio.run(ClientAddress(app)(scope, receive, send))
    names = {name.decode(): value.decode() for name, value in inner.get("headers", [])}
    return str(inner.get("client", ("",))[0]), names, sent[0]["status"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (CLIENT, f"{OTHER}", CLIENT),  # nobody vouches for this peer
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"{OTHER}, {CLIENT}", CLIENT),  # the client wrote the left one itself
        (PROXY, f"{CLIENT}, 10.0.0.6", CLIENT),  # two proxies of ours
        (PROXY, f"{CLIENT}:51234", CLIENT),
        (PROXY, "[2001:db8::7]:443", "2001:db8::7"),
        (PROXY, "unknown", PROXY),
        (PROXY, "", PROXY),
        (PROXY, f"{CLIENT}, garbage", PROXY),
        (PROXY, "10.0.0.6", "10.0.0.6"),  # asked by a proxy itself
    ],
)
def test_only_trusted_proxies_say_for_whom_they_ask(settings: Any, peer: str, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen(peer, ("x-forwarded-for", forwarded))[0] == expected


def test_several_headers_are_one_list(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen(PROXY, ("x-forwarded-for", OTHER), ("x-forwarded-for", CLIENT))[0] == CLIENT


def test_strangers_forwarded_headers_are_dropped(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    forged = (("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.example"), ("Forwarded", "for=1.1.1.1"))
    assert seen(CLIENT, *forged, ("accept", "*/*"))[1] == {"accept": "*/*"}
    assert "x-forwarded-proto" in seen(PROXY, *forged)[1]


def test_the_installation_may_be_closed_to_others(settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.IP_ALLOWLIST = ["10.0.0.0/8"], ["203.0.113.0/24"]
    assert seen(CLIENT)[2] == 200
    assert seen(OTHER)[2] == 403
    assert seen(OTHER, ("x-forwarded-for", CLIENT))[2] == 403
    assert seen(PROXY, ("x-forwarded-for", CLIENT))[2] == 200
    assert seen(OTHER, path="/api/health/live")[2] == 200


def test_a_workspace_may_be_closed_to_others(owner: User, workspace: Workspace, session: Session) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(networks=["203.0.113.0/24"])
    restricted.forget()
    client = factories.client(owner)
    refused = client.get("/api/v1/sessions", REMOTE_ADDR=OTHER)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "address_not_allowed")
    assert client.get("/api/v1/sessions", REMOTE_ADDR=CLIENT).status_code == 200


def test_a_malformed_range_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IP_ALLOWLIST", "203.0.113.0/24, office")
    with pytest.raises(ImproperlyConfigured, match="office"):
        env.networks("IP_ALLOWLIST")
