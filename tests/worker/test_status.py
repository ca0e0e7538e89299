"""What a running worker tells of itself."""

import os
import threading

from sessions_app import live_status
from sessions_app.debug import session_debug, workers
from sessions_app.engine.states import State
from sessions_app.live_status import statuses_read
from sessions_app.models import Session
from sessions_app.worker import status
from tests.worker.conftest import eventually


def test_a_worker_tells_of_its_hosts_and_sessions_until_it_ends(owner, linked):
    session = linked()
    owner.state(session, State.CONNECTED)
    row = Session.objects.get(pk=session.pk)
    host = owner.host(session).pid

    def told():
        """With what is: it may have been told last before the session was connected."""
        found = session_debug(row, workers())
        return found["host"] and found["live"]["state"] == "CONNECTED" and found

    found = eventually(told, "the status")

    assert (found["host"]["pid"], found["host"]["sessions"], found["worker"]["pid"]) == (host, 1, os.getpid())
    assert found["host"]["rss"] > 1_000_000
    assert found["host"]["fds"] > 3
    assert found["note"] == ""
    owner.stop()
    eventually(lambda: statuses_read() == {}, "the end of the status")


def test_a_write_that_hangs_while_the_worker_ends_leaves_nothing_behind(owner, monkeypatch):
    begun, written, go, write = threading.Event(), threading.Event(), threading.Event(), status.status_write

    def late(news):
        begun.set()
        go.wait(60)
        write(news)
        written.set()

    eventually(lambda: statuses_read() != {}, "a first status")
    monkeypatch.setattr(live_status, "KEPT", 1000)  # else it would go by itself
    monkeypatch.setattr(status, "status_write", late)
    assert begun.wait(60)
    owner.stop()
    go.set()
    assert written.wait(60)
    eventually(lambda: statuses_read() == {}, "the end of the status")
