"""The database is taken away: on MongoDB its process hangs, on SQLite another program holds the write lock."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.faults import held
from tests.e2e.platform import Platform
from tests.e2e.test_health import all_is_well, listed
from whatsapp_api.ops.children import stop_child

# A process of its own: closing the file in ours would drop the locks that Django holds.
LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def database_away(platform: Platform, database: str) -> Iterator[None]:
    if database == "mongodb":
        servers = [child.pid for child in psutil.Process(os.getpid()).children() if child.name() == "mongod"]
        with held(platform, *servers):
            yield
        return
    command = [sys.executable, "-c", LOCK, str(platform.data_dir / "db.sqlite3")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        stop_child(holder, grace=5)


def test_health_says_so_and_what_comes_in_meanwhile_is_not_lost(platform: Platform, database: str) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    friend = sandbox.create_phone(name="Friend")
    session = api.session_link("Database", sandbox.create_phone("34600920001"))
    answers: list[httpx.Response] = []
    all_is_well(api)
    with database_away(platform, database):
        word, code = ("degraded", 200) if database == "sqlite" else ("failing", 503)
        told = eventually(lambda: public(platform, word), "it is missed", 30)
        assert told.status_code == code
        # Less than what waits for the database would take.
        assert httpx.get(f"{platform.url}/api/health/live", timeout=15).status_code == 200
        friend.send("34600920001", text="while the database is away")
        sending = threading.Thread(target=lambda: answers.append(post(api, session)), daemon=True)
        sending.start()
    all_is_well(api)
    sending.join(90)
    assert [each.status_code for each in answers] in ([202], [503])  # it waited, for 20 s at most
    listed(api, session, "while the database is away")
    assert api.session(session)["state"] == "CONNECTED"


def post(api: Api, session: str) -> httpx.Response:
    return api.http.post(f"/sessions/{session}/messages", json={"to": "+34600920002", "text": "meanwhile"}, timeout=90)


def public(platform: Platform, status: str) -> httpx.Response | None:
    answer = httpx.get(f"{platform.url}/api/health", timeout=30)
    return answer if answer.json()["status"] == status else None
