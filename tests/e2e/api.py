"""What a program does with the platform: REST with a token, and the WebSocket (docs/api.md, docs/events.md)."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.platform import Platform

T = TypeVar("T")
PATIENT = httpx.HTTPTransport(retries=3)


def eventually(probe: Callable[[], T | None], what: str, timeout: float = 20, pause: float = 0.05) -> T:
    """The first truthy answer of `probe`; transport errors count as not yet."""
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
    """A logged-in program."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.http = httpx.Client(base_url=f"{platform.url}/api/v1", timeout=20, transport=httpx.HTTPTransport())
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

    def session_create(self, name: str) -> dict[str, Any]:
        session: dict[str, Any] = self.post("/sessions", {"name": name, "provider": "sandbox"})
        return session

    def session(self, session_id: str) -> dict[str, Any]:
        session: dict[str, Any] = self.get(f"/sessions/{session_id}")
        return session

    def wait_state(self, session_id: str, state: str, timeout: float = 30) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            session = self.session(session_id)
            return session if session["state"] == state else None

        return eventually(reached, f"state {state} of session {session_id}", timeout)

    def send(self, session_id: str, to: str, text: str) -> dict[str, Any]:
        message: dict[str, Any] = self.post(f"/sessions/{session_id}/messages", {"to": to, "text": text})
        return message

    def message(self, session_id: str, message_id: str) -> dict[str, Any]:
        message: dict[str, Any] = self.get(f"/sessions/{session_id}/messages/{message_id}")
        return message

    def messages(self, session_id: str, **filters: Any) -> list[dict[str, Any]]:
        """All pages."""
        found: list[dict[str, Any]] = []
        page = self.get(f"/sessions/{session_id}/messages", limit=200, **filters)
        while True:
            found += page["results"]
            if not page["next"]:
                return found
            page = self.http.get(page["next"]).raise_for_status().json()

    def listen(self, session_id: str) -> "Listener":
        return Listener(self, session_id)


class Listener:
    """Collects what /ws/events sends, and resumes after the last sequence when the connection drops."""

    def __init__(self, api: Api, session_id: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.connections = 0
        self._url = f"{api.platform.url.replace('http', 'ws')}/ws/events?session={session_id}"
        self._headers = {"Authorization": f"Bearer {api.token}"}
        self._last = 0
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20), "the WebSocket did not open"
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in list(self.events) if event["event"] == kind]

    def wait_for(self, kind: str, matches: Callable[[dict[str, Any]], bool], timeout: float = 20) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((event for event in self.of(kind) if matches(event["payload"])), None)

        return eventually(found, f"event {kind}", timeout)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._receive()
            except (OSError, ConnectionClosed, TimeoutError):
                self._ended.wait(0.1)

    def _receive(self) -> None:
        since = f"&since={self._last}" if self._last else ""
        with connect(self._url + since, additional_headers=self._headers, open_timeout=5) as socket:
            self.connections += 1
            while not self._ended.is_set():
                try:
                    self._take(json.loads(socket.recv(timeout=0.2)))
                except TimeoutError:
                    self._ready.set()

    def _take(self, event: dict[str, Any]) -> None:
        self._ready.set()
        if "event" not in event:
            return
        self.events.append(event)
        self._last = event["sequence"] or self._last
