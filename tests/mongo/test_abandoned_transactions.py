"""What a killed process had locked is free again after a second, not after MongoDB's limit."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.e2e.api import eventually
from whatsapp_api.core import abandoned
from whatsapp_api.core.abandoned import IDLE_MOST, abandoned_abort
from whatsapp_api.core.databases import APP_NAME
from whatsapp_api.ops.children import die_with_parent

OTHER = "somebody else"
OPEN = """
import sys, time, pymongo
url, database, name = sys.argv[1:]
client = pymongo.MongoClient(url, appName=name)
with client.start_session() as session, session.start_transaction():
    client[database].locked.update_one({"_id": name}, {"$inc": {"n": 1}}, session=session)
    print("open", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """MongoDB may be slow to answer on a busy machine."""
    monkeypatch.setattr(abandoned, "WITHIN", 30.0)


@pytest.fixture
def rows(transactional_db: None) -> Any:
    if connection.vendor != "mongodb":
        pytest.skip("SQLite gives up the locks of a dead process by itself")
    connection.ensure_connection()
    rows = connection.database.locked
    for name in (APP_NAME, OTHER):
        rows.replace_one({"_id": name}, {"n": 0}, upsert=True)
    return rows


@contextmanager
def opened(name: str = APP_NAME) -> Iterator[subprocess.Popen[bytes]]:
    """A process inside a transaction that has locked the row."""
    given = settings.DATABASES["default"]
    command = [sys.executable, "-c", OPEN, given["HOST"], connection.database.name, name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=die_with_parent) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process
        process.kill()


def test_the_transaction_of_a_killed_process_is_ended(rows, monkeypatch):
    monkeypatch.setattr(abandoned, "IDLE_MOST", 3600)  # its connection is gone, so nothing has to be waited for
    with opened() as process:
        process.kill()
        process.wait()
        assert eventually(abandoned_abort, "it is found", 30) == 1
        rows.update_one({"_id": APP_NAME}, {"$inc": {"n": 10}})
    assert rows.find_one({"_id": APP_NAME}) == {"_id": APP_NAME, "n": 10}


def test_a_process_that_only_stands_still_keeps_its_own_for_a_while(rows):
    began = time.monotonic()
    with opened():
        assert eventually(abandoned_abort, "it is found", 60) == 1
        assert time.monotonic() - began > IDLE_MOST


def test_other_programs_are_left_alone(rows):
    with opened(OTHER) as process:
        process.kill()
        process.wait()
        with opened() as ours:
            ours.kill()
            ours.wait()
            assert eventually(abandoned_abort, "ours is found", 30) == 1
        assert abandoned_abort() == 0
