"""Messages both ways over https and wss while things are taken away; afterwards nothing may be missing or doubled."""

import itertools
import time
from collections import Counter
from contextlib import ExitStack
from typing import Self

import httpx

from sessions_app.sandbox.client import Phone
from tests.e2e.api import Api, Listener, eventually
from tests.e2e.cluster.load import Line, Load

GIVE_UP = 60.0


class Traffic(Load):
    """A program as the documents ask for: keys of idempotency, repeats, and a WebSocket that resumes."""

    def __init__(self, api: Api, lines: list[Line], friend: Phone, name: str) -> None:
        super().__init__(api, lines, friend, name)
        self.repeats = 0
        self.slowest = 0.0
        self._stack = ExitStack()
        self._listeners: dict[str, Listener] = {}

    def __enter__(self) -> Self:
        for line in self._lines:
            self._listeners[line.session_id] = self._stack.enter_context(self._api.listen(line.session_id))
        return super().__enter__()

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)

    def _out(self) -> None:
        for number, line in self._turns():
            text = f"{self._name} out {number}"
            self._send(line, text)
            line.posted.append(text)

    def _send(self, line: Line, text: str) -> None:
        """Until the answer is 202."""
        began = time.monotonic()
        body = {"to": f"+{self._friend.number}", "text": text}
        for attempt in itertools.count():
            try:
                answer = self._api.http.post(
                    f"/sessions/{line.session_id}/messages", json=body, headers={"Idempotency-Key": text}
                )
                if answer.status_code != 503:
                    answer.raise_for_status()
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() - began < GIVE_UP, f"{text} was not accepted"
            self.repeats += 1
            time.sleep(min(1.0, 0.1 * 2**attempt))

    def check(self) -> str:
        """Of stored messages, of the friend's phone, and of the WebSockets."""
        try:
            figures = super().check()
            for line in self._lines:
                self._check_events(line)
        finally:
            self._stack.close()
        sockets = sum(listener.connections for listener in self._listeners.values()) - len(self._lines)
        requests = f"{self.repeats} requests repeated, the slowest took {self.slowest:.1f} s"
        return f"{figures}; {requests}; {sockets} WebSockets resumed"

    def _check_events(self, line: Line) -> None:
        listener = self._listeners[line.session_id]

        def heard() -> bool:
            return self._all_there(line, Counter(event["payload"]["text"] for event in listener.of("message")))

        eventually(heard, f"each incoming message of {line.session_id} once on the WebSocket")
        numbers = [event["sequence"] for event in listener.events]
        assert numbers == sorted(set(numbers)), "events came twice or out of order"
