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

    found = eventually(lambda: (found := session_debug(row, workers()))["host"] and found, "the status", within=10)

    assert (found["host"]["pid"], found["host"]["sessions"], found["worker"]["pid"]) == (host, 1, os.getpid())
    assert found["host"]["rss"] > 1_000_000
    assert found["host"]["fds"] > 3
    assert (found["live"]["state"], found["note"]) == ("CONNECTED", "")
    owner.stop()
    assert statuses_read() == {}
