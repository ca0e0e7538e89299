"""On the real server: open WebSockets and event streams of somebody who loses rights end within seconds."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.api import Api
from tests.e2e.platform import Platform

PASSWORD = "a long and quiet river"
WITHIN = 25.0  # it takes parts of a second; without being told, thirty seconds from when it was opened
PATIENCE = 60.0
Json = dict[str, Any]


class Stream:
    """An event stream that is read in a thread; `lines` ends with what the server said last."""

    def __init__(self, platform: Platform, headers: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._read, args=(platform, headers), daemon=True)
        self._thread.start()
        assert self._open.wait(PATIENCE)

    def _read(self, platform: Platform, headers: dict[str, str]) -> None:
        with httpx.stream("GET", f"{platform.url}/api/v1/events/stream", headers=headers, timeout=60) as answer:
            for line in answer.iter_lines():
                self.lines.append(line)
                self._open.set()

    def ended(self) -> str:
        self._thread.join(WITHIN)
        assert not self._thread.is_alive(), self.lines
        return "\n".join(self.lines)


@contextmanager
def listening(platform: Platform, headers: dict[str, str]) -> Iterator[ClientConnection]:
    address = f"{platform.url.replace('http', 'ws')}/ws/events"
    with connect(address, additional_headers=headers, open_timeout=PATIENCE) as opened:
        assert "ready" in str(opened.recv(timeout=PATIENCE))
        yield opened


def close_code(connection: ClientConnection) -> int:
    began = time.monotonic()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            connection.recv(timeout=WITHIN)
    assert closed.value.rcvd
    assert time.monotonic() - began < WITHIN
    return int(closed.value.rcvd.code)


@pytest.fixture(scope="module")
def workspace(platform: Platform) -> Iterator[str]:
    with Api(platform).workspace("Access") as workspace_id:
        yield workspace_id


@pytest.fixture
def member(platform: Platform, workspace: str) -> tuple[Json, dict[str, str]]:
    """An operator, and the headers of a login."""
    api, name = Api(platform), f"member-{uuid.uuid4().hex[:8]}"
    added = api.post(f"/workspaces/{workspace}/members", {"username": name, "role": "operator", "invite": True})
    invitation = {"invitation": added["invitation"], "password": PASSWORD}
    with httpx.Client(base_url=f"{platform.url}/api/v1", timeout=PATIENCE) as http:
        http.post("/auth/invitation", json=invitation).raise_for_status()
        login = {"username": name, "password": PASSWORD}
        token = http.post("/auth/token", json=login).raise_for_status().json()["access"]
    return added, {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("change", ["role lowered", "removed"])
def test_of_a_member(platform: Platform, workspace: str, member: tuple[Json, dict[str, str]], change: str) -> None:
    api, (added, headers) = Api(platform), member
    address = f"/workspaces/{workspace}/members/{added['id']}"
    with listening(platform, headers) as socket:
        stream = Stream(platform, headers)
        lower = change == "role lowered"
        answer = api.http.patch(address, json={"role": "viewer"}) if lower else api.http.delete(address)
        answer.raise_for_status()
        assert close_code(socket) == 4403
    assert "permission_denied" in stream.ended()


def test_of_a_key_that_is_revoked(platform: Platform, workspace: str) -> None:
    api = Api(platform)
    key = api.post("/keys", {"name": "CRM", "scopes": ["read"], "workspace": workspace})
    headers = {"X-Api-Key": key["key"]}
    with listening(platform, headers) as socket:
        stream = Stream(platform, headers)
        api.http.delete(f"/keys/{key['id']}").raise_for_status()
        assert close_code(socket) == 4401
    assert "not_authenticated" in stream.ended()
