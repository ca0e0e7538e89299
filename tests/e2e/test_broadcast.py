"""A broadcast over several sessions while processes are killed, with a pause: everybody once, nobody who said no.

BROADCAST_RECIPIENTS=2000 BROADCAST_SESSIONS=5 BROADCAST_KILLS=10 BROADCAST_PAUSES=2 BROADCAST_PACE=120 runs it at full
size.
"""

import os
import random
import time
from collections import Counter
from typing import Any

import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.e2e.test_chaos import kill

RECIPIENTS = int(os.environ.get("BROADCAST_RECIPIENTS", "40"))
SESSIONS = int(os.environ.get("BROADCAST_SESSIONS", "2"))
PACE = int(os.environ.get("BROADCAST_PACE", "60"))  # of each session: it must not be over before the pause
KILLS = int(os.environ.get("BROADCAST_KILLS", "3"))
PAUSES = int(os.environ.get("BROADCAST_PAUSES", "1"))
VICTIMS = ("worker", "sessions", "beat", "redis", "web")


def progress(api: Api, broadcast_id: str) -> dict[str, Any]:
    seen: dict[str, Any] = eventually(lambda: api.get(f"/broadcasts/{broadcast_id}/progress"), "an answer", 30)
    return seen


def step(api: Api, broadcast_id: str, name: str, state: str) -> None:
    """A step whose answer was lost with the web process may have been taken."""

    def stepped() -> bool:
        if api.get(f"/broadcasts/{broadcast_id}")["state"] == state:
            return True
        api.post(f"/broadcasts/{broadcast_id}/{name}")
        return True

    eventually(stepped, name, 30)


@pytest.mark.timeout(300 + RECIPIENTS * 2 + KILLS * 30)
def test_everybody_gets_theirs_once_while_processes_are_killed(platform: Platform) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    sessions = [
        api.session_link(f"Broadcast {number}", sandbox.create_phone(f"346005{number:05}"))
        for number in range(SESSIONS)
    ]
    phones = [sandbox.create_phone(f"346006{number:05}", auto_receipt="delivered") for number in range(RECIPIENTS)]
    contacts = [
        api.post("/audience/contacts", {"to": f"+{phone.number}", "name": f"P{number}", "tags": ["spring-e2e"]})
        for number, phone in enumerate(phones)
    ]
    refused = {phones[3].number, phones[RECIPIENTS // 2].number}
    for number in refused:
        api.post("/audience/suppressions", {"to": f"+{number}"})
    segment = api.post("/audience/segments", {"name": "Spring", "rules": {"tags_all": ["spring-e2e"]}})
    body = {
        "name": "Spring",
        "sessions": sessions,
        "audience": {"segments": [segment["id"]]},
        "variants": [{"content": {"text": "Dear {{name}}"}}],
        "pace": {"per_minute": PACE},
    }
    broadcast_id = api.post("/broadcasts", body)["id"]
    api.post(f"/broadcasts/{broadcast_id}/launch")
    began = time.monotonic()
    for part in range(PAUSES):
        _pause_and_resume(api, broadcast_id)
        for turn in range(part, KILLS, PAUSES):
            kill(platform, VICTIMS[turn % len(VICTIMS)])
            time.sleep(random.uniform(0, 0.5))

    eventually(lambda: progress(api, broadcast_id)["state"] == "finished", "the end", 60 + RECIPIENTS, pause=0.5)
    took = time.monotonic() - began

    def acknowledged() -> dict[str, set[str]] | None:
        """Who is where, once all are somewhere for good and the counts say so; a receipt may still come late."""
        found = {state: _addresses(api, broadcast_id, state) for state in ("delivered", "unconfirmed", "skipped")}
        counts = progress(api, broadcast_id)["counts"]
        agree = all(counts[state] == len(people) for state, people in found.items())
        return found if agree and sum(map(len, found.values())) == len(contacts) else None

    found = eventually(acknowledged, "all receipts", 60, pause=0.5)
    _compare(phones, refused, found)
    counts = {state: len(people) for state, people in found.items()}
    print(f"{RECIPIENTS} recipients, {SESSIONS} sessions, {KILLS} kills: {took:.1f} s, {counts}")


def _pause_and_resume(api: Api, broadcast_id: str) -> None:
    eventually(lambda: progress(api, broadcast_id)["counts"]["delivered"] >= 3, "the first messages", 60)
    step(api, broadcast_id, "pause", "paused")

    def still() -> dict[str, int] | None:
        first = progress(api, broadcast_id)["counts"]
        return first if not first["queued"] and not first["sent"] else None

    counts = eventually(still, "what was under way", 30)
    time.sleep(2)
    assert progress(api, broadcast_id)["counts"] == counts, "something left while it was paused"
    assert counts["pending"]
    step(api, broadcast_id, "resume", "running")


def _compare(phones: list[Phone], refused: set[str], found: dict[str, set[str]]) -> None:
    unconfirmed = found["unconfirmed"]
    assert {f"{number}@s.whatsapp.net" for number in refused} == found["skipped"]
    assert len(unconfirmed) <= KILLS * SESSIONS  # at most what each session was sending at that very moment
    arrived = 0
    for number, phone in enumerate(phones):
        texts = Counter(message["text"] for message in phone.messages(limit=100) if message["kind"] == "text")
        wanted = {} if phone.number in refused else {f"Dear P{number}": 1}
        if f"{phone.number}@s.whatsapp.net" not in unconfirmed:
            assert texts == wanted, (phone.number, texts)
            arrived += len(wanted)
        assert sum(texts.values()) <= 1
    assert arrived == len(found["delivered"])


def _addresses(api: Api, broadcast_id: str, state: str) -> set[str]:
    return {row["jid"] for row in api.pages(f"/broadcasts/{broadcast_id}/recipients", state=state)}


def test_numbers_are_checked_and_typing_is_shown(platform: Platform) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    session = api.session_link("Careful", sandbox.create_phone("34600590001"))
    phones = [sandbox.create_phone(f"3460059001{number}", auto_receipt="delivered") for number in range(2)]
    numbers = [*(phone.number for phone in phones), "34600590099"]
    contacts = [api.post("/audience/contacts", {"to": f"+{number}"})["id"] for number in numbers]
    body = {
        "name": "Careful",
        "sessions": [session],
        "audience": {"contacts": contacts},
        "variants": [{"content": {"text": "Anybody there?"}}],
        "pace": {},
        "options": {"number_check": True, "typing": True},
    }
    broadcast_id = api.post("/broadcasts", body)["id"]
    api.post(f"/broadcasts/{broadcast_id}/launch")
    eventually(lambda: progress(api, broadcast_id)["counts"]["delivered"] == 2, "both messages", 60)
    eventually(lambda: progress(api, broadcast_id)["state"] == "finished", "the end", 60)
    assert progress(api, broadcast_id)["reasons"] == [{"state": "skipped", "reason": "not_on_whatsapp", "count": 1}]
    for phone in phones:
        assert [message["text"] for message in phone.messages() if message["kind"] == "text"] == ["Anybody there?"]
        assert "composing" in [notice["state"] for notice in phone.notices(kind="typing")]
