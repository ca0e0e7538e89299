"""What a running worker tells of itself."""

import os

from sessions_app.debug import session_debug, workers
from sessions_app.engine.states import State
from sessions_app.live_status import statuses_read
from sessions_app.models import Session
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
