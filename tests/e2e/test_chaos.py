"""kill -9 of each process during traffic: everything resumes by itself, nothing is lost or doubled."""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Callable

import httpx
import psutil
import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, Listener, eventually
from tests.e2e.platform import Platform

COUNT = int(os.environ.get("CHAOS_COUNT", "120"))  # messages each way
VICTIMS = ("host", "sessions", "redis", "web")


def kill_host(platform: Platform) -> None:
    """One of the session hosts, children of the sessions worker."""
    children = psutil.Process(platform.pid("sessions")).children(recursive=True)
    hosts = [child for child in children if is_host(child)]
    assert hosts, f"no session host is running: {children}"
    for host in hosts:
        with contextlib.suppress(psutil.NoSuchProcess):
            host.kill()


def is_host(process: psutil.Process) -> bool:
    try:
        return "sessions_app.engine.host" in " ".join(process.cmdline())
    except psutil.Error:  # gone, or a zombie
        return False


def kill(platform: Platform, victim: str) -> None:
    if victim == "host":
        kill_host(platform)
    elif victim == "sessions":
        platform.kill_worker()
        platform.wait_restarted(victim)
    else:
        platform.kill(victim)
        platform.wait_restarted(victim)


class Traffic:
    """Numbered messages each way, at a steady pace; a caller that saw no answer asks what became of its message."""

    def __init__(self, api: Api, session_id: str, own: Phone, friend: Phone) -> None:
        self.api, self.session_id, self.own, self.friend = api, session_id, own, friend
        self.progress = Counter[str]()
        self.ambiguous: set[str] = set()

    def run(self, at_half: Callable[[], None]) -> None:
        threads = [threading.Thread(target=self._out), threading.Thread(target=self._in)]
        for thread in threads:
            thread.start()
        eventually(lambda: min(self.progress["out"], self.progress["in"]) >= COUNT // 4, "a quarter of the traffic", 90)
        at_half()
        for thread in threads:
            thread.join(240)
            assert not thread.is_alive(), f"traffic hangs: {self.progress}"

    def _out(self) -> None:
        for number in range(COUNT):
            self._post(f"out {number}")
            self.progress["out"] += 1

    def _post(self, text: str) -> None:
        """Without an answer nobody knows whether the platform took it: look before sending it again."""

        def attempt() -> bool:
            if text in self.ambiguous and self._is_listed(text):
                return True
            try:
                self.api.send(self.session_id, f"+{self.friend.number}", text)
            except httpx.TransportError:
                self.ambiguous.add(text)
                raise
            return True

        eventually(attempt, f"posting {text!r}", 60)

    def _is_listed(self, text: str) -> bool:
        return any(message["text"] == text for message in self.api.messages(self.session_id, direction="out"))

    def _in(self) -> None:
        for number in range(COUNT):
            self.friend.send(self.own.number, text=f"in {number}")
            self.progress["in"] += 1


def arrived(friend: Phone) -> Counter[str]:
    return Counter(message["text"] for message in friend.messages(limit=10_000) if message["kind"] == "text")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", VICTIMS)
def test_nothing_is_lost_or_doubled_when_a_process_is_killed(platform: Platform, victim: str) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    digits = f"3460030{VICTIMS.index(victim)}"
    own, friend = sandbox.create_phone(f"{digits}001"), sandbox.create_phone(f"{digits}002", auto_receipt="delivered")
    session_id = api.session_link(f"Chaos {victim}", own)
    with api.listen(session_id) as events:
        Traffic(api, session_id, own, friend).run(at_half=lambda: kill(platform, victim))
        states = settled(api, session_id)
        check_outgoing(api, session_id, states, friend)
        check_incoming(api, session_id, events)


def settled(api: Api, session_id: str) -> Counter[str]:
    """The states of the outgoing messages once none is on its way."""

    def all_final() -> Counter[str] | None:
        states = Counter(message["state"] for message in api.messages(session_id, direction="out"))
        return states if not states["queued"] + states["sending"] + states["sent"] else None

    return eventually(all_final, "the end of all sends", 60)


def check_outgoing(api: Api, session_id: str, states: Counter[str], friend: Phone) -> None:
    """Each arrived once; only what the platform itself calls unconfirmed may be missing."""
    rows = api.messages(session_id, direction="out")
    at_phone = arrived(friend)  # the phone last: what is delivered by then is there
    assert Counter(row["text"] for row in rows) == Counter(f"out {number}" for number in range(COUNT))
    doubled = {text: count for text, count in at_phone.items() if count > 1}
    assert not doubled
    unconfirmed = {row["text"] for row in rows if row["state"] == "unconfirmed"}
    explained = [row["error"] for row in rows if row["state"] == "unconfirmed"]
    missing = {row["text"] for row in rows} - set(at_phone)
    assert missing <= unconfirmed, f"lost: {sorted(missing - unconfirmed)}; states {states}"
    assert len(unconfirmed) <= 2, f"only what was in flight may be unconfirmed: {sorted(unconfirmed)}"
    assert all(error and error["message"] for error in explained)
    print(f"states {dict(states)}, unconfirmed {sorted(unconfirmed)}")


def check_incoming(api: Api, session_id: str, events: Listener) -> None:
    expected = Counter(f"in {number}" for number in range(COUNT))

    def listed() -> bool:
        return Counter(row["text"] for row in api.messages(session_id, direction="in")) == expected

    eventually(listed, "all incoming messages in the list", 60)

    def heard() -> bool:
        return Counter(event["payload"]["text"] for event in events.of("message")) == expected

    eventually(heard, "all incoming messages on the WebSocket", 60)
    sequences = [event["sequence"] for event in events.events if event["sequence"]]
    assert sequences == sorted(set(sequences)), "events out of order or repeated"
