"""Messages both ways on many sessions at once, and what must have become of them."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import httpx

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, eventually

PER_SECOND = float(os.environ.get("CLUSTER_PER_SECOND", "3"))
"""In each direction. `make bench-faults` takes more: beside other tests that would be all that two cores can do."""
IN_FLIGHT = 2
"""Messages of a session whose outcome nobody can know when its worker is killed."""


class Line:
    """One session: its phone, and what was said on it."""

    def __init__(self, session_id: str, phone: Phone) -> None:
        self.session_id, self.phone = session_id, phone
        self.posted: list[str] = []
        self.doubtful: list[str] = []
        self.received: list[str] = []


def link(api: Api, sandbox: SandboxClient, count: int, *, prefix: str) -> list[Line]:
    """New sessions, linked a few at a time."""

    def one(index: int) -> Line:
        phone = sandbox.create_phone(f"{prefix}{index:03}")
        return Line(api.session_link(f"Line {index}", phone), phone)

    with ThreadPoolExecutor(3) as threads:
        return list(threads.map(one, range(count)))


class Load:
    """Runs between `with` and its end; then `check` says whether anything was lost or came twice."""

    def __init__(self, api: Api, lines: list[Line], friend: Phone, name: str) -> None:
        self._api, self._lines, self._friend, self._name = api, lines, friend, name
        self.left: Callable[[Line], set[str]] = lambda line: set()
        """Texts received that wait on the disk of a machine that is lost; any others have to be there."""
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._out), threading.Thread(target=self._in)]

    def __enter__(self) -> Self:
        for line in self._lines:
            line.posted, line.doubtful, line.received = [], [], []
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(60)

    def _out(self) -> None:
        for number, line in self._turns():
            text = f"{self._name} out {number}"
            try:
                self._api.send(line.session_id, f"+{self._friend.number}", text)
                line.posted.append(text)
            except httpx.HTTPStatusError as error:
                assert error.response.status_code == 503, error.response.text
                line.doubtful.append(text)
            except httpx.TransportError:
                line.doubtful.append(text)

    def _in(self) -> None:
        for number, line in self._turns():
            text = f"{self._name} in {number}"
            self._friend.send(line.phone.number, text=text)
            line.received.append(text)

    def _turns(self) -> Any:
        number = 0
        while not self._ended.wait(1 / PER_SECOND):
            yield number, self._lines[number % len(self._lines)]
            number += 1

    # -- afterwards ---------------------------------------------------------------------------------
    def check(self) -> str:
        """Fails when something is lost or doubled; a sentence of figures."""
        unconfirmed = sum(self._check_out(line) for line in self._lines)
        for line in self._lines:
            self._check_in(line)
        out, in_ = (sum(len(getattr(line, kind)) for line in self._lines) for kind in ("posted", "received"))
        return f"{out} messages out ({unconfirmed} unconfirmed), {in_} in"

    def _check_out(self, line: Line) -> int:
        rows: list[dict[str, Any]] = []

        def settled() -> bool:
            rows[:] = self._api.messages(line.session_id, direction="out")
            return not any(row["state"] in ("queued", "sending") for row in rows)

        eventually(settled, "the end of all sends", 60)
        rows = [row for row in rows if row["text"].startswith(self._name)]
        listed = Counter(row["text"] for row in rows)
        assert set(line.posted) <= set(listed) <= set(line.posted + line.doubtful)
        assert max(listed.values(), default=1) == 1
        unconfirmed = {row["text"] for row in rows if row["state"] == "unconfirmed"}
        assert len(unconfirmed) <= IN_FLIGHT
        arrived = Counter(m["text"] for m in self._friend.messages(limit=100_000) if m["text"] in listed)
        assert max(arrived.values(), default=1) == 1, "doubled"
        assert set(listed) - set(arrived) <= unconfirmed, "lost"
        return len(unconfirmed)

    def _all_there(self, line: Line, there: Counter[str]) -> bool:
        expected = Counter(line.received)
        return there <= expected and set(expected - there) <= self.left(line)

    def _check_in(self, line: Line) -> None:
        expected = Counter(line.received)
        rows: list[dict[str, Any]] = []

        def listed() -> bool:
            rows[:] = self._api.messages(line.session_id, direction="in")
            there = Counter(row["text"] for row in rows if row["text"].startswith(self._name))
            return self._all_there(line, there)

        try:
            eventually(listed, f"all incoming messages of {line.session_id}", 60)
        except AssertionError as error:
            there = Counter(row["text"] for row in rows if row["text"].startswith(self._name))
            others = [(row["kind"], row["timestamp"]) for row in rows if not row["text"]]
            raise AssertionError(f"missing {expected - there}, too many {there - expected}, {others=}") from error
