"""A host lives no longer than its worker's lease."""

import time

from sessions_app.engine.base import StartOptions
from sessions_app.engine.client import HostProcess
from tests.engine.hosts import Report, running_host
from whatsapp_api.core.clock import steady


def test_it_ends_when_the_lease_is_not_renewed():
    with running_host() as report:
        report.host.lease(steady() + 0.5)
        began = time.monotonic()
        report.wait_for_exit()
        assert 0.3 < time.monotonic() - began < 5


def test_it_goes_on_while_the_lease_is_renewed(tmp_path):
    with running_host() as report:
        report.host.session_start("a", StartOptions(store=str(tmp_path))).result(10)
        for _ in range(8):
            report.host.lease(steady() + 0.5)
            time.sleep(0.1)
        assert report.host.call("a", "echo", {"x": 1}, timeout=5).result(5) == {"x": 1}


def test_it_is_fenced_at_once():
    with running_host() as report:
        began = time.monotonic()
        report.host.fence()
        assert report.wait_for_exit().expected
        assert time.monotonic() - began < 3


def test_one_that_comes_up_after_the_end_of_the_lease_does_not_stay():
    report = Report()
    report.host = HostProcess(
        provider="fake", on_event=report.on_event, on_exit=report.on_exit, until=lambda: float("-inf")
    )
    report.host.start()
    report.wait_for_exit()
