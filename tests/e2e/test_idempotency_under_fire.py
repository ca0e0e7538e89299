"""Many clients repeat the same requests at once while workers are killed: each message arrives once.

FIRE_KEYS=500 runs it at full size; docs/performance.md has its figures.
"""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform

KEYS = int(os.environ.get("FIRE_KEYS", "12"))
CLIENTS = 20
KILLS = 1 if KEYS < 100 else 5


@pytest.mark.timeout(300 + KEYS * 3)
def test_each_key_makes_one_message_however_often_it_is_posted(platform: Platform) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    own, friend = sandbox.create_phone("34600400001"), sandbox.create_phone("34600400002", auto_receipt="delivered")
    session_id = api.session_link("Under fire", own)
    ids: dict[int, set[str]] = {number: set() for number in range(KEYS)}
    began = time.monotonic()

    def post(number: int) -> None:
        body = {"to": f"+{friend.number}", "text": f"fire {number}"}
        headers = {"Idempotency-Key": f"fire-{number}", "Authorization": f"Bearer {api.token}"}

        def attempt() -> bool:
            url = f"{platform.url}/api/v1/sessions/{session_id}/messages"
            answer = httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False)
            if answer.status_code in (409, 503) and answer.headers.get("Retry-After"):
                return False
            assert answer.status_code in (200, 202), answer.text
            ids[number].add(answer.json()["id"])
            return True

        eventually(attempt, f"an answer to key {number}", 90, pause=0.2)

    def kill() -> None:
        for _ in range(KILLS):
            time.sleep(random.uniform(0.5, 2.5))
            platform.kill_worker()
            platform.wait_restarted("sessions")

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for number in range(KEYS):
            list(clients.map(post, [number] * CLIENTS))
    killer.join()
    posted = time.monotonic() - began
    assert {number: len(found) for number, found in ids.items()} == dict.fromkeys(range(KEYS), 1)

    def settled() -> Counter[str] | None:
        states = Counter(message["state"] for message in api.messages(session_id, direction="out"))
        return states if not states["queued"] + states["sending"] + states["sent"] else None

    states = eventually(settled, "the end of all sends", 60 + KEYS)
    rows = api.messages(session_id, direction="out")
    assert Counter(row["text"] for row in rows) == Counter(f"fire {number}" for number in range(KEYS))
    arrived = Counter(message["text"] for message in friend.messages(limit=10_000) if message["kind"] == "text")
    doubled = {text: count for text, count in arrived.items() if count > 1}
    assert not doubled
    unconfirmed = {row["text"] for row in rows if row["state"] == "unconfirmed"}
    missing = {row["text"] for row in rows} - set(arrived)
    assert missing <= unconfirmed, f"lost: {sorted(missing - unconfirmed)}; states {states}"
    assert len(unconfirmed) <= KILLS, states
    requests = KEYS * CLIENTS
    print(f"{requests} requests in {posted:.1f} s, states {dict(states)}, unconfirmed {sorted(unconfirmed)}")
