"""Host and client around an engine that needs no network."""

import os
import signal
import subprocess
import sys
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace

import psutil
import pytest

from sessions_app.engine import client as client_module
from sessions_app.engine import registry
from sessions_app.engine.base import MessageReceived, Outgoing, SendFinished, StartOptions
from sessions_app.engine.client import HostProcess
from sessions_app.engine.errors import EngineError, InvalidTarget, NotConnected, OutcomeUnknown, Refused, Unsupported
from sessions_app.engine.provider import Launch, Provider
from sessions_app.engine.spool import Spool
from sessions_app.engine.states import State
from sessions_app.sandbox.client import wait_until
from tests.engine.hosts import running_host, unanswered
from tests.frozen import frozen


@pytest.fixture
def report():
    with running_host() as report:
        yield report


@pytest.fixture
def options(tmp_path):
    return StartOptions(store=str(tmp_path / "one"))


@pytest.fixture
def started(report, options):
    report.host.session_start("one", options).result(60)
    return report


def health(report):
    return report.host.stats(timeout=30).result(31)["sessions"]["one"]


def text(ref="1", **content):
    return Outgoing(ref=ref, to="34600111222@s.whatsapp.net", content={"text": "x", **content})


def test_a_session_starts_and_stops(report, options):
    assert report.host.session_start("one", options).result(60) is None
    report.wait_for_state(State.CONNECTED)
    assert report.host.sessions == {"one"}
    assert report.host.session_stop("one").result(60) is True
    report.wait_for_state(State.STOPPED)
    assert report.host.sessions == set()
    assert report.host.alive


def test_a_stopped_session_can_start_again(started, options):
    assert started.host.session_stop("one").result(60)
    started.host.session_start("one", options).result(60)
    started.wait_for_state(State.CONNECTED)


def test_it_says_when_only_the_end_of_the_process_stops_a_session(report, tmp_path):
    options = StartOptions(store=str(tmp_path / "one"), device_name="unstoppable")
    report.host.session_start("one", options).result(60)
    assert report.host.session_stop("one").result(60) is False
    assert report.host.sessions == {"one"}


def test_a_failed_start_is_reported_and_frees_the_store(report, tmp_path, options):
    with pytest.raises(NotConnected, match="told to fail"):
        report.host.session_start("one", StartOptions(store=options.store, device_name="unable")).result(60)
    assert report.host.sessions == set()
    report.host.session_start("one", options).result(60)


def test_it_refuses_to_start_a_session_twice(started, options):
    with pytest.raises(EngineError) as caught:
        started.host.session_start("one", options).result(60)
    assert caught.value.code == "already_started"


def test_two_hosts_never_run_one_store(started, options):
    with running_host() as other:
        future = other.host.session_start("one", options)
        with pytest.raises(EngineError) as caught:
            future.result(60)
        assert caught.value.code == "store_in_use"


def test_a_host_waits_for_its_predecessor_on_the_store(started, options):
    with running_host("patient") as other:
        future = other.host.session_start("one", options)
        with pytest.raises(FutureTimeout):
            future.result(0.2)
        started.host.kill()
        future.result(60)
        other.wait_for_state(State.CONNECTED)


# ---- sends -----------------------------------------------------------------------------------------


def test_a_send_gives_its_outcome_as_result_and_as_spooled_event(started):
    sent = started.host.send("one", text("7"), timeout=30).result(31)
    assert (sent.ref, sent.wa_id) == ("7", "WA-7")
    [(event, seq)] = [(e, seq) for e, seq in started.events if isinstance(e, SendFinished)]
    assert event == sent
    assert seq


def test_sends_of_one_session_keep_their_order(started):
    futures = [started.host.send("one", text(str(n)), timeout=20) for n in range(30)]
    for future in futures:
        future.result(60)
    assert [event.ref for event in started.of(SendFinished)] == [str(n) for n in range(30)]


@pytest.mark.parametrize(
    ("do", "kind", "code"),
    [
        ("refuse", Refused, "reachout_timelock"),
        ("invalid", InvalidTarget, "invalid_target"),
        ("break", OutcomeUnknown, "outcome_unknown"),
    ],
)
def test_a_failed_send_keeps_its_class_and_code(started, do, kind, code):
    with pytest.raises(kind) as caught:
        started.host.send("one", text(do=do), timeout=30).result(31)
    assert caught.value.code == code
    assert started.of(SendFinished)[-1].error == kind.__name__
    assert started.host.send("one", text("after"), timeout=30).result(31).wa_id == "WA-after"


def test_a_send_without_answer_in_time_has_an_unknown_outcome(started, tmp_path):
    begun, go_on = tmp_path / "begun", tmp_path / "go on"
    slow = text("slow", begun=str(begun), until=str(go_on))
    unanswered(lambda timeout: started.host.send("one", slow, timeout=timeout))
    go_on.touch()

    def told_later():
        """A host that was held up until after our last deadline had not begun, and says so."""
        wa_id = "WA-slow" if begun.exists() else ""
        return [event.wa_id for event in started.of(SendFinished)][-1:] == [wa_id]

    started.wait(told_later)


def test_a_send_whose_turn_comes_too_late_is_not_attempted(started, tmp_path, monkeypatch):
    monkeypatch.setattr(client_module, "GRACE", 60.0)  # the host's answer comes first, however busy the machine is
    go_on = tmp_path / "go on"
    slow = started.host.send("one", text("slow", until=str(go_on)), timeout=60)
    late = started.host.send("one", text("late"), timeout=0.0)
    go_on.touch()
    with pytest.raises(NotConnected) as caught:
        late.result(60)
    assert caught.value.code == "not_attempted"
    assert slow.result(60).wa_id == "WA-slow"


def test_a_host_that_dies_leaves_one_send_unknown_and_the_queued_ones_not_attempted(started, tmp_path):
    begun = tmp_path / "begun"
    first = started.host.send("one", text("1", begun=str(begun), seconds=600), timeout=90)
    queued = started.host.send("one", text("2"), timeout=90)
    started.wait(begun.exists)
    os.kill(started.host.pid, signal.SIGKILL)
    with pytest.raises(OutcomeUnknown):
        first.result(60)
    with pytest.raises(NotConnected):
        queued.result(60)


def test_a_send_to_a_session_that_is_not_here_is_not_attempted(report):
    with pytest.raises(NotConnected):
        report.host.send("nobody", text(), timeout=30).result(31)


# ---- calls -----------------------------------------------------------------------------------------


def test_a_call_gives_its_answer(started):
    arguments = {"text": "ñ", "data": b"\x00", "nested": [1, {"a": None}]}
    assert started.host.call("one", "echo", arguments, timeout=30).result(31) == arguments


def test_what_the_engine_cannot_do_is_unsupported(started):
    with pytest.raises(Unsupported):
        started.host.call("one", "fly", {}, timeout=30).result(31)


def test_a_slow_call_delays_neither_other_calls_nor_sends(started):
    slow = started.host.call("one", "sleep", {"seconds": 600}, timeout=300)
    assert started.host.call("one", "echo", {}, timeout=60).result(61) == {}
    assert started.host.send("one", text(), timeout=60).result(61)
    assert not slow.done()


def test_a_call_without_answer_in_time_has_an_unknown_outcome(started):
    unanswered(lambda timeout: started.host.call("one", "sleep", {"seconds": 600}, timeout=timeout))


def test_calls_that_hang_cannot_pile_up_without_limit(started):
    for _ in range(8):
        started.host.call("one", "sleep", {"seconds": 600}, timeout=300)
    started.wait(lambda: health(started)["asleep"] == 8)
    with pytest.raises(EngineError) as caught:
        started.host.call("one", "echo", {}, timeout=30).result(31)
    assert caught.value.code == "too_many_calls"


def test_a_start_is_kept_out_of_the_first_moments_of_a_call_only(started, tmp_path):
    call = started.host.call("one", "sleep", {"seconds": 600}, timeout=300)
    started.wait(lambda: health(started)["asleep"] == 1)
    started.host.session_start("two", StartOptions(store=str(tmp_path / "two"))).result(60)
    assert not call.done()


def test_stats_tell_what_the_process_uses(started):
    stats = started.host.stats(timeout=30).result(31)
    assert stats["pid"] == started.host.pid
    assert 5_000_000 < stats["rss"] < 200_000_000
    assert stats["fds"] > 3
    assert stats["threads"] >= 2
    assert stats["sessions"]["one"]["state"] == "CONNECTED"


def test_a_wedged_host_is_noticed_by_the_silence_of_its_stats(started):
    with frozen(started.host.pid):
        with pytest.raises(OutcomeUnknown):
            started.host.stats(timeout=0.3).result(60)
        started.host.kill()
        assert started.wait_for_exit().signal == "SIGKILL"


# ---- events and the spool --------------------------------------------------------------------------


def test_events_come_in_order_with_growing_numbers(started):
    started.host.call("one", "receive", {"count": 300}, timeout=30).result(31)
    messages = [(event.wa_id, seq) for event, seq in started.events if isinstance(event, MessageReceived)]
    assert [wa_id for wa_id, _ in messages] == [f"M{n}" for n in range(300)]
    numbers = [seq for _, seq in messages]
    assert numbers == sorted(set(numbers))


def test_acknowledged_events_leave_the_disk(started, options):
    started.host.call("one", "receive", {"count": 20}, timeout=30).result(31)
    started.wait(lambda: health(started)["spool"] == 0)
    started.host.kill()
    started.wait_for_exit()
    assert Spool.leftovers(options.store) == []


def test_events_nobody_acknowledged_survive_kill_9(options):
    with running_host(acknowledge=False) as report:
        report.host.session_start("one", options).result(60)
        report.host.call("one", "receive", {"count": 20}, timeout=30).result(31)
        os.kill(report.host.pid, signal.SIGKILL)
        report.wait_for_exit()
    left = [event.wa_id for _, event in Spool.leftovers(options.store) if isinstance(event, MessageReceived)]
    assert left == [f"M{n}" for n in range(20)]


def test_what_comes_in_until_the_very_end_of_a_host_is_spooled(options):
    with running_host(acknowledge=False) as report:
        report.host.session_start("one", replace(options, device_name="late")).result(60)
        report.host.shutdown(grace=30)
        report.wait_for_exit()
    numbers = [seq for event, seq in report.events if isinstance(event, MessageReceived)]
    assert len(numbers) > 1
    assert [seq for seq, event in Spool.leftovers(options.store) if isinstance(event, MessageReceived)] == numbers


def test_a_new_host_replays_what_its_predecessor_left(options):
    with running_host(acknowledge=False) as report:
        report.host.session_start("one", options).result(60)
        report.host.call("one", "receive", {"count": 3}, timeout=30).result(31)
        os.kill(report.host.pid, signal.SIGKILL)
        report.wait_for_exit()
        before = [seq for event, seq in report.events if isinstance(event, MessageReceived)]
    with running_host() as report:
        report.host.session_start("one", options).result(60)
        report.wait(lambda: len(report.of(MessageReceived)) == 3)
        assert [seq for event, seq in report.events if isinstance(event, MessageReceived)] == before
        report.wait(lambda: health(report)["spool"] == 0)


def test_a_handler_that_fails_does_not_stop_the_events(started):
    original = started.host._on_event
    started.host._on_event = lambda event, seq: (original(event, seq), 1 / 0)
    started.host.call("one", "receive", {"count": 3}, timeout=30).result(31)
    assert len(started.of(MessageReceived)) == 3


# ---- the process -----------------------------------------------------------------------------------


def test_an_abort_of_native_code_is_reported_with_everything_it_took_along(started, tmp_path):
    started.host.session_start("two", StartOptions(store=str(tmp_path / "two"))).result(60)
    future = started.host.send("one", text(do="abort"), timeout=60)
    exit_ = started.wait_for_exit()
    assert exit_.signal == "SIGABRT"
    assert exit_.sessions == {"one", "two"}
    assert not exit_.expected
    assert not started.host.alive
    with pytest.raises(OutcomeUnknown):
        future.result(30)


def test_requests_to_a_dead_host_fail_at_once(started):
    started.host.kill()
    started.wait_for_exit()
    with pytest.raises(NotConnected):
        started.host.send("one", text(), timeout=30).result(10)
    with pytest.raises(OutcomeUnknown):
        started.host.call("one", "echo", {}, timeout=30).result(10)
    with pytest.raises(NotConnected):
        started.host.session_start("one", StartOptions(store="/nowhere")).result(10)
    assert started.host.session_stop("one").result(10) is False


def test_shutdown_ends_the_process_politely(started):
    started.host.shutdown(grace=30)
    exit_ = started.wait_for_exit()
    assert (exit_.returncode, exit_.expected) == (0, True)
    assert started.states() == [State.CONNECTED]  # the end of a host is no wish to stop its sessions


def test_shutdown_waits_for_a_send_under_way(started, tmp_path):
    begun = tmp_path / "begun"
    future = started.host.send("one", text("x", begun=str(begun), seconds=0.4), timeout=60)
    started.wait(begun.exists)
    started.host.shutdown(grace=30)
    assert future.result(30).wa_id == "WA-x"


def test_sigterm_lets_a_send_under_way_finish(options, tmp_path):
    begun = tmp_path / "begun"
    with running_host("patient") as report:
        report.host.session_start("one", options).result(60)
        future = report.host.send("one", text("x", begun=str(begun), seconds=0.4), timeout=60)
        report.wait(begun.exists)
        os.kill(report.host.pid, signal.SIGTERM)
        assert future.result(60).wa_id == "WA-x"
        assert report.wait_for_exit().returncode == 0


def test_shutdown_kills_what_does_not_listen(started):
    with frozen(started.host.pid):
        started.host.shutdown(grace=0.2)
        assert started.wait_for_exit().signal == "SIGKILL"


def test_a_host_ends_with_its_parent_and_spools_the_send_under_way(tmp_path):
    store, begun, go_on = tmp_path / "one", tmp_path / "begun", tmp_path / "go on"
    script = f"""
import os
from pathlib import Path
from tests.engine.hosts import running_host
from sessions_app.engine.base import Outgoing, StartOptions
with running_host("patient", acknowledge=False) as report:
    report.host.session_start("one", StartOptions(store={str(store)!r})).result(60)
    for ref, content in (("under way", {{"begun": {str(begun)!r}, "until": {str(go_on)!r}}}), ("waiting", {{}})):
        message = Outgoing(ref=ref, to="34600111222@s.whatsapp.net", content=content)
        report.host.send("one", message, timeout=300)
    report.wait(Path({str(begun)!r}).exists)
    print(report.host.pid, flush=True)
    os.kill(os.getpid(), 9)
"""
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    host = int(parent.stdout)
    wait_until(lambda: b"NotConnected" in (store / "spool").read_bytes(), what="the end of the parent, noticed")
    go_on.touch()
    psutil.wait_procs([psutil.Process(host)] if psutil.pid_exists(host) else [], timeout=60)
    assert not psutil.pid_exists(host) or psutil.Process(host).status() == psutil.STATUS_ZOMBIE
    left = [event for _, event in Spool.leftovers(store) if isinstance(event, SendFinished)]
    outcomes = {event.ref: (event.wa_id, event.error) for event in left}
    assert outcomes == {"under way": ("WA-under way", ""), "waiting": ("", "NotConnected")}


def test_a_host_inherits_nothing_of_the_platforms_environment(monkeypatch, options):
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    with running_host() as report:
        report.host.session_start("one", options).result(60)
        environment = report.host.call("one", "environment", {}, timeout=30).result(31)
    assert "SECRET_KEY" not in environment
    assert environment["NEONIZE_BOT_TAG"] == "off"


@pytest.mark.parametrize(
    ("engine", "prepare"),
    [("tests.engine.fake:Missing", ""), ("tests.engine.fake:FakeEngine", "tests.engine.fake:refuse_to_prepare")],
)
def test_a_host_that_cannot_load_its_engine_says_why(engine, prepare):
    registry.register(
        Provider(
            name="broken",
            label="",
            engine=engine,
            prepare=prepare,
            capabilities=frozenset(),
            launch=lambda settings: Launch(registry.get("fake").launch(settings).environment),
        )
    )
    with pytest.raises(EngineError, match=r"Missing|cannot do that"), running_host("broken"):
        pass


def test_a_host_that_dies_before_hello_is_an_error():
    registry.register(
        Provider(
            name="dead",
            label="",
            engine="os:abort",
            prepare="tests.engine.fake:die",
            capabilities=frozenset(),
            launch=lambda settings: Launch(registry.get("fake").launch(settings).environment),
        )
    )
    with pytest.raises(EngineError) as caught, running_host("dead"):
        pass
    assert caught.value.code == "host_failed"


def test_an_unknown_provider_is_named():
    with pytest.raises(registry.UnknownProvider, match="carrier_pigeon"):
        HostProcess(provider="carrier_pigeon", on_event=lambda event, seq: None, on_exit=lambda host, exit_: None)
