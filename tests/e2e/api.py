"""What a program does with the platform: REST with a token, and the WebSocket (docs/api.md, docs/events.md)."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import Any, Self, TypeVar

import httpx
from django.apps import apps
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from sessions_app.sandbox.client import Phone
from tests.e2e.platform import Platform

T = TypeVar("T")
PATIENCE = 2.5  # deadlines are for failures: a machine that also does other things must not look like one
PENDING = ("scheduled", "preparing", "queued", "sending")


def eventually(probe: Callable[[], T | None], what: str, timeout: float = 60, pause: float = 0.05) -> T:
    """The first truthy answer of `probe`; transport errors count as not yet."""
    timeout *= PATIENCE
    deadline = time.monotonic() + timeout
    while True:
        try:
            if answer := probe():
                return answer
            seen = "nothing"
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            seen = repr(error)
        assert time.monotonic() < deadline, f"{what} did not happen within {timeout:.0f} s; last seen: {seen}"
        time.sleep(pause)


class Api:
    """A logged-in program; `trust` for a platform behind TLS with a certificate of its own authority."""

    def __init__(self, platform: Platform, trust: SSLContext | None = None) -> None:
        self.platform, self.trust = platform, trust
        transport = httpx.HTTPTransport(verify=trust or True)
        self.http = httpx.Client(base_url=f"{platform.url}/api/v1", timeout=60, transport=transport)
        username, password = platform.admin
        answer = self.http.post("/auth/token", json={"username": username, "password": password})
        answer.raise_for_status()
        self.token = str(answer.json()["access"])
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.http.get(path, params=parameters)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None, **parameters: Any) -> Any:
        answer = self.http.post(path, json=body or {}, params=parameters)
        answer.raise_for_status()
        return answer.json()

    @contextmanager
    def workspace(self, name: str) -> Iterator[str]:
        """A workspace for a while: others count on there being one only. Its id."""
        workspace_id = str(self.post("/workspaces", {"name": name})["id"])
        yield workspace_id
        self.http.delete(f"/workspaces/{workspace_id}", params={"confirm": name}).raise_for_status()
        eventually(lambda: self.http.get(f"/workspaces/{workspace_id}").status_code == 404, f"{name} is removed")

    def session_create(self, name: str) -> dict[str, Any]:
        session: dict[str, Any] = self.post("/sessions", {"name": name, "provider": "sandbox"})
        return session

    def session_link(self, name: str, phone: Phone | None = None, *, timeout: float = 90, **settings: Any) -> str:
        """A new session that this simulated phone (or one made for it) has linked, connected; its id."""
        session_id: str = self.session_create(name)["id"]
        if settings:
            self.http.patch(f"/sessions/{session_id}", json=settings).raise_for_status()
        self.post(f"/sessions/{session_id}/start")
        self.wait_state(session_id, "SCAN_QR", timeout)
        if phone:
            phone.scan(self.get(f"/sessions/{session_id}/qr", format="json")["qr"])
        else:
            self.post(f"/sessions/{session_id}/simulated-scan")
        self.wait_state(session_id, "CONNECTED", timeout)
        return session_id

    def session(self, session_id: str) -> dict[str, Any]:
        session: dict[str, Any] = self.get(f"/sessions/{session_id}")
        return session

    def wait_state(self, session_id: str, state: str, timeout: float = 90) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            session = self.session(session_id)
            return session if session["state"] == state else None

        return eventually(reached, f"state {state} of session {session_id}", timeout)

    def send(self, session_id: str, to: str, text: str) -> dict[str, Any]:
        message: dict[str, Any] = self.post(f"/sessions/{session_id}/messages", {"to": to, "text": text})
        return message

    def settled(self, session_id: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What `POST .../messages{path}` makes, once it was sent or has failed: a busy machine may take longer than a
        request may wait.
        """
        message: dict[str, Any] = self.post(f"/sessions/{session_id}/messages{path}", body, wait=20)

        def look() -> dict[str, Any] | None:
            now = self.message(session_id, message["id"])
            return now if now["state"] not in PENDING else None

        return message if message["state"] not in PENDING else eventually(look, f"the end of {message}")

    def message(self, session_id: str, message_id: str) -> dict[str, Any]:
        message: dict[str, Any] = self.get(f"/sessions/{session_id}/messages/{message_id}")
        return message

    def messages(self, session_id: str, **filters: Any) -> list[dict[str, Any]]:
        return self.pages(f"/sessions/{session_id}/messages", **filters)

    def pages(self, path: str, **filters: Any) -> list[dict[str, Any]]:
        """The rows of all pages."""
        found: list[dict[str, Any]] = []
        page = self.get(path, limit=200, **filters)
        while True:
            found += page["results"]
            if not page["next"]:
                return found
            # A proxy on another port than 443 is not in the links that the platform makes.
            further = self.http.base_url.copy_with(raw_path=httpx.URL(page["next"]).raw_path)
            page = self.http.get(further).raise_for_status().json()

    def listen(self, session_id: str) -> "Listener":
        return Listener(self, session_id)


class Listener:
    """Collects what /ws/events sends, and resumes after the last sequence when the connection drops.

    With asyncio in a thread of its own: the threaded client would read and write one TLS connection from two threads,
    which OpenSSL forbids; one opening handshake of three hundred then waits for ever.
    """

    def __init__(self, api: Api, session_id: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.connections = 0
        self._trust = api.trust
        address = api.http.base_url.copy_with(scheme=api.http.base_url.scheme.replace("http", "ws"))
        self._url = str(address.copy_with(path="/ws/events", params={"session": session_id}))
        self._headers = {"Authorization": f"Bearer {api.token}"}
        self._last = 0
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60), "the WebSocket did not open"
        return self

    def __exit__(self, fault: object, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)
        if fault is None and apps.ready:  # benches run without Django
            from tests.payload_checks import payload_check

            for event in self.events:
                payload_check(event["event"], event["payload"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in list(self.events) if event["event"] == kind]

    def wait_for(self, kind: str, matches: Callable[[dict[str, Any]], bool], timeout: float = 60) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((event for event in self.of(kind) if matches(event["payload"])), None)

        return eventually(found, f"event {kind}", timeout)

    async def _run(self) -> None:
        while not self._ended.is_set():
            try:
                await self._receive()
            except (OSError, WebSocketException):  # also a handshake that the web process did not survive
                await asyncio.sleep(0.1)

    async def _receive(self) -> None:
        since = f"&since={self._last}" if self._last else ""
        options: Any = {"additional_headers": self._headers, "open_timeout": 20, "ssl": self._trust}
        async with connect(self._url + since, **options) as socket:
            self.connections += 1
            while not self._ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        self._take(json.loads(await socket.recv()))

    def _take(self, event: dict[str, Any]) -> None:
        """Only what happens after "ready" is sure to come, so nobody may begin before; from there it is resumed."""
        if event.get("type") == "ready":
            self._last = self._last or max(event["sequences"].values(), default=0)
            self._ready.set()
        if "event" not in event:
            return
        self.events.append(event)
        self._last = event["sequence"] or self._last
