"""A host lives no longer than its worker's lease."""

import socket
import threading

from sessions_app.engine import host as host_module
from sessions_app.engine.client import HostProcess
from sessions_app.engine.host import Host
from sessions_app.engine.wire import Channel
from sessions_app.sandbox.client import wait_until
from tests.engine.fake import FakeEngine
from tests.engine.hosts import Report, running_host
from whatsapp_api.core.clock import steady


def test_it_ends_when_the_lease_is_not_renewed():
    with running_host() as report:
        until = steady() + 0.5
        report.host.lease(until)
        report.wait_for_exit()
        assert steady() >= until


def test_it_goes_on_while_the_lease_is_renewed(monkeypatch):
    now, looks, ended = [0.0], [0], threading.Event()

    def look() -> float:
        looks[0] += 1
        return now[0]

    monkeypatch.setattr(host_module, "steady", look)
    monkeypatch.setattr(Host, "end", lambda host, grace, hang_up: ended.set())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        host = Host(Channel(theirs), FakeEngine)
        for until in (10.0, 20.0):
            host._lease({"until": until})
        now[0] = 15.0
        seen = looks[0]
        wait_until(lambda: looks[0] > seen + 2, what="looks at the lease")
        assert not ended.is_set()
        now[0] = 20.0
        assert ended.wait(60)


def test_it_is_fenced_at_once():
    with running_host() as report:
        report.host.lease(steady() + 600)
        report.host.fence()
        assert report.wait_for_exit().expected


def test_one_that_comes_up_after_the_end_of_the_lease_does_not_stay():
    report = Report()
    report.host = HostProcess(
        provider="fake", on_event=report.on_event, on_exit=report.on_exit, until=lambda: float("-inf")
    )
    report.host.start()
    report.wait_for_exit()
