"""What neonize does to a process when things go wrong, provoked for real, and what is left standing."""

import os
import signal
import threading
import time

import psutil
import pytest

from sessions_app.engine.base import (
    MessageReceived,
    Outgoing,
    Paired,
    QrCode,
    RestartNeeded,
    StartOptions,
)
from sessions_app.engine.errors import EngineError, NotConnected
from sessions_app.engine.spool import Spool
from sessions_app.engine.states import Reason, State
from sessions_app.engine.store import paired_jid
from sessions_app.sandbox.client import SandboxClient, SandboxClientError
from tests.engine.conftest import SandboxProcess
from tests.engine.hosts import running_host, unanswered

slow = pytest.mark.skipif(not os.environ.get("SLOW_TESTS"), reason="waits for the library's own clocks; SLOW_TESTS=1")


@pytest.fixture
def friend(sandbox):
    return sandbox.create_phone(name="Friend")


@pytest.fixture(scope="module", autouse=True)
def last_code(tmp_path_factory):
    """A session whose only code runs out while the other tests run, whose faults it does not share."""
    store, process = tmp_path_factory.mktemp("last-code") / "one", SandboxProcess()
    with SandboxClient(process.url) as sandbox, running_host("sandbox", SANDBOX_URL=process.url) as report:
        sandbox.fault("refs", refs=1)
        report.host.session_start("one", StartOptions(store=str(store))).result(60)
        yield report
    process.stop()


@pytest.fixture
def showing_qr(host, tmp_path):
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"))).result(60)
    host.wait_for_state(State.SCAN_QR)
    return host


def text(phone, body="x"):
    return Outgoing(ref=body, to=f"{phone.number}@s.whatsapp.net", content={"text": body})


def gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# ---- pairing that comes to nothing -----------------------------------------------------------------


def test_a_qr_wait_is_cancelled_by_ending_its_process(showing_qr):
    assert showing_qr.host.session_stop("one").result(60) is False
    assert showing_qr.states()[-1] is State.STOPPED
    showing_qr.host.shutdown(grace=1)
    showing_qr.wait_for_exit()
    assert gone(showing_qr.host.pid)


def test_sigterm_ends_a_process_in_a_qr_wait(showing_qr):
    os.kill(showing_qr.host.pid, signal.SIGTERM)
    assert showing_qr.wait_for_exit().returncode == 0


def test_a_new_pairing_on_the_same_store_works_after_a_cancelled_one(showing_qr, sandbox, link, tmp_path):
    showing_qr.host.shutdown(grace=1)
    showing_qr.wait_for_exit()
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as report:
        assert link(report, "one").report.of(Paired)


def test_a_connection_that_breaks_during_the_qr_wait_ends_the_session_not_silently(showing_qr, sandbox):
    sandbox.fault("reset")
    assert showing_qr.wait_for_state(State.FAILED).reason is Reason.PAIRING_FAILED
    showing_qr.wait(lambda: [event.scope for event in showing_qr.of(RestartNeeded)] == ["host"])


@pytest.mark.parametrize("what", ["hmac", "signature"])
def test_a_refused_pairing_ends_the_session_not_silently(showing_qr, sandbox, what):
    with pytest.raises(SandboxClientError):
        sandbox.create_phone().scan(showing_qr.of(QrCode)[0].payload, tamper=what)
    assert showing_qr.wait_for_state(State.FAILED).reason is Reason.PAIRING_REFUSED
    assert showing_qr.of(Paired) == []


def test_a_registration_with_an_outdated_client_is_named(host, sandbox, tmp_path):
    sandbox.fault("failure", reason=405)
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"))).result(60)
    assert host.wait_for_state(State.FAILED).reason is Reason.CLIENT_OUTDATED


def test_other_sessions_of_the_host_live_on_when_a_pairing_beside_them_fails(host, link, sandbox, friend, tmp_path):
    linked = link(host, "well")
    host.host.session_start("one", StartOptions(store=str(tmp_path / "one"))).result(60)
    host.wait_for_state(State.SCAN_QR, "one")
    with pytest.raises(SandboxClientError):
        sandbox.create_phone().scan(host.of(QrCode, "one")[0].payload, tamper="hmac")
    host.wait_for_state(State.FAILED, "one")
    assert linked.host.send("well", text(friend), timeout=30).result(31).wa_id


# ---- what WhatsApp does to a linked session --------------------------------------------------------


def test_a_broken_connection_comes_back_by_itself(linked, sandbox, friend):
    sandbox.fault("reset", account=linked.phone.number)
    linked.report.wait(lambda: linked.report.states()[-2:] == [State.RECONNECTING, State.CONNECTED])
    assert linked.report.of(RestartNeeded) == []
    assert linked.host.send("one", text(friend), timeout=30).result(31).wa_id


def test_while_the_server_is_away_sends_fail_at_once(linked, sandbox, friend):
    fault = sandbox.fault("refuse", account=linked.phone.number)
    linked.wait_for(State.RECONNECTING)
    begin = time.monotonic()
    with pytest.raises(NotConnected):
        linked.host.send("one", text(friend), timeout=300).result(301)
    assert time.monotonic() - begin < 60
    sandbox.clear_faults(fault)
    linked.wait_for(State.CONNECTED, within=60)


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        ({"kind": "replaced"}, State.REPLACED, Reason.REPLACED),
        ({"kind": "device_removed"}, State.LOGGED_OUT, Reason.DEVICE_REMOVED),
        ({"kind": "failure", "reason": 401}, State.LOGGED_OUT, Reason.DEVICE_REMOVED),
        ({"kind": "failure", "reason": 403}, State.LOGGED_OUT, Reason.ACCOUNT_LOCKED),
        ({"kind": "failure", "reason": 405}, State.FAILED, Reason.CLIENT_OUTDATED),
        ({"kind": "failure", "reason": 409}, State.FAILED, Reason.CONNECT_FAILURE),
        ({"kind": "failure", "reason": 402, "code": 101, "expire": 3600}, State.BANNED, Reason.TEMPORARY_BAN),
        # Numbers that neonize cannot express: its event loop breaks instead.
        ({"kind": "failure", "reason": 402, "code": 999, "expire": 3600}, State.BANNED, Reason.TEMPORARY_BAN),
        ({"kind": "failure", "reason": 418}, State.FAILED, Reason.CONNECT_FAILURE),
    ],
    ids=lambda value: str(value.get("reason", value["kind"])) if isinstance(value, dict) else "",
)
def test_it_says_why_whatsapp_ended_a_session_and_starts_nothing_by_itself(linked, sandbox, fault, state, reason):
    sandbox.fault(account=linked.phone.number, **fault)
    seen = linked.wait_for(state)
    assert seen.reason is reason
    assert linked.report.of(RestartNeeded) == []
    with pytest.raises(NotConnected):
        linked.host.send("one", text(linked.phone), timeout=30).result(31)
    assert linked.host.session_stop("one").result(60) is True
    assert linked.report.states()[-1] is state  # the reason stays visible
    assert linked.host.alive


def test_a_ban_says_when_it_ends(linked, sandbox):
    sandbox.fault("failure", account=linked.phone.number, reason=402, code=101, expire=3600)
    state = linked.wait_for(State.BANNED)
    assert state.expires_at is not None
    assert 3500 < state.expires_at - state.at < 3700
    assert state.text.endswith("Wait for the end of the ban before starting. (SEND_TO_TOO_MANY_PEOPLE)")


def test_a_session_that_was_replaced_can_be_started_again(linked, sandbox):
    sandbox.fault("replaced", account=linked.phone.number)
    linked.wait_for(State.REPLACED)
    assert linked.host.session_stop("one").result(60)
    linked.host.session_start("one", linked.options()).result(60)
    linked.wait_for(State.CONNECTED)


def test_a_session_that_was_removed_asks_for_no_scan_unless_told_to_pair(linked, sandbox):
    sandbox.fault("device_removed", account=linked.phone.number)
    linked.wait_for(State.LOGGED_OUT)
    codes = len(linked.report.of(QrCode))
    assert linked.host.session_stop("one").result(60)
    linked.host.session_start("one", linked.options()).result(60)
    linked.wait_for(State.LOGGED_OUT)
    assert len(linked.report.of(QrCode)) == codes


# ---- poison ----------------------------------------------------------------------------------------


def test_an_event_that_breaks_the_loop_costs_only_its_own_session_a_restart(host, link, sandbox, friend):
    poisoned, other = link(host, "one"), link(host, "two")
    for round_ in range(3):
        before = len(host.of(RestartNeeded))
        sandbox.fault("poison", account=poisoned.phone.number)
        state = poisoned.wait_for(State.RECONNECTING)
        assert state.reason is Reason.ENGINE_CRASHED
        host.wait(lambda before=before: len(host.of(RestartNeeded)) == before + 1)
        assert host.of(RestartNeeded)[-1].scope == "session"
        assert host.host.session_stop("one").result(60) is True
        host.host.session_start("one", poisoned.options()).result(60)
        poisoned.wait_for(State.CONNECTED)
        friend.send(poisoned.phone.number, f"round {round_}")
        host.wait(lambda r=round_: any(m.text == f"round {r}" for m in host.of(MessageReceived, "one")))
    assert other.report.states("two")[-1] is State.CONNECTED
    assert host.host.send("two", text(friend), timeout=30).result(31).wa_id


def test_a_poisoned_session_hangs_up_so_that_later_messages_are_kept_for_it(linked, sandbox, friend):
    sandbox.fault("poison", account=linked.phone.number)
    linked.wait_for(State.RECONNECTING)
    linked.report.wait(lambda: not linked.phone.devices()[0]["online"])
    for number in range(5):
        friend.send(linked.phone.number, f"later {number}")
    assert linked.host.session_stop("one").result(60)
    linked.host.session_start("one", linked.options()).result(60)
    linked.report.wait(lambda: len(linked.report.of(MessageReceived)) == 5)


# ---- the process dies ------------------------------------------------------------------------------


def test_a_crash_in_native_code_is_reported_with_its_reason(host, link, sandbox):
    linked = link(host, "one")
    link(host, "beside it")
    sandbox.fault("failure", account=linked.phone.number, reason=413)  # the library dereferences nil
    exit_ = host.wait_for_exit()
    assert exit_.returncode != 0
    assert exit_.sessions == {"one", "beside it"}
    assert not exit_.expected
    assert exit_.stderr[0].startswith("panic: runtime error: invalid memory address")


def test_messages_that_nobody_acknowledged_survive_kill_9(sandbox, link, friend):
    with running_host("sandbox", acknowledge=False, SANDBOX_URL=sandbox.url) as report:
        linked = link(report)
        for number in range(10):
            friend.send(linked.phone.number, f"kept {number}")
        report.wait(lambda: len(report.of(MessageReceived)) == 10)
        os.kill(report.host.pid, signal.SIGKILL)
        report.wait_for_exit()
    left = [event for _, event in Spool.leftovers(linked.store)]
    assert [event.text for event in left if isinstance(event, MessageReceived)] == [f"kept {n}" for n in range(10)]
    assert [event.jid for event in left if isinstance(event, Paired)] == [f"{linked.phone.number}@s.whatsapp.net"]


def test_an_account_survives_kill_9(linked, sandbox, friend):
    os.kill(linked.host.pid, signal.SIGKILL)
    linked.report.wait_for_exit()
    friend.send(linked.phone.number, "while dead")
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as report:
        report.host.session_start("one", linked.options()).result(60)
        report.wait_for_state(State.CONNECTED)
        report.wait(lambda: [m.text for m in report.of(MessageReceived)] == ["while dead"])
        assert report.host.send("one", text(friend), timeout=30).result(31).wa_id


def test_no_secret_is_in_what_a_crashed_host_wrote(linked, sandbox, friend):
    payload = linked.report.of(QrCode)[0].payload
    friend.send(linked.phone.number, "for your eyes only")
    linked.host.send("one", text(friend, "and for yours"), timeout=30).result(31)
    linked.report.wait(lambda: linked.report.of(MessageReceived))
    sandbox.fault("failure", account=linked.phone.number, reason=413)
    written = "\n".join(linked.report.wait_for_exit().stderr)
    assert "panic" in written
    secrets = [*payload.partition("#")[2].split(",")[:4], "for your eyes only", "and for yours"]
    assert all(secret not in written for secret in secrets)


# ---- calls at the wrong time -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("is_on_whatsapp", {"phones": ["34600111222"]}),
        ("mark_read", {"chat": "1@lid", "ids": ["A"]}),
        ("chat_presence", {"chat": "1@lid", "state": "typing"}),
        ("presence", {"available": True}),
        ("lid_for", {"jid": "34600111222@s.whatsapp.net"}),
        ("phone_for", {"lid": "1@lid"}),
    ],
)
def test_calls_before_the_connection_are_refused_and_abort_nothing(showing_qr, method, arguments):
    with pytest.raises(NotConnected):
        showing_qr.host.call("one", method, arguments, timeout=30).result(31)
    assert showing_qr.host.alive


def test_sends_and_logouts_before_the_connection_are_refused_and_abort_nothing(showing_qr, friend):
    with pytest.raises(NotConnected):
        showing_qr.host.send("one", text(friend), timeout=30).result(31)
    with pytest.raises(NotConnected):
        showing_qr.host.session_logout("one").result(60)
    assert showing_qr.host.alive


def test_calls_after_a_stop_are_refused_and_abort_nothing(linked, friend):
    assert linked.host.session_stop("one").result(60)
    with pytest.raises(NotConnected):
        linked.host.send("one", text(friend), timeout=30).result(31)
    with pytest.raises(NotConnected):
        linked.host.call("one", "presence", {"available": True}, timeout=30).result(31)
    assert linked.host.alive


def test_starts_stops_and_calls_at_once_do_not_end_the_process(host, link, sandbox, friend):
    """Unprotected, neonize dies of concurrent map access within half a second of this."""
    steady, restarted = link(host, "steady"), [link(host, f"restarted {n}") for n in range(4)]
    host.host.send("steady", text(friend), timeout=30).result(31)
    lid = friend.info()["lid"]
    over = threading.Event()
    calls = [0]

    def hammer():
        while not over.is_set():
            host.host.call("steady", "phone_for", {"lid": lid}, timeout=30).result(31)
            calls[0] += 1

    def restart(linked):
        for _ in range(5):
            assert host.host.session_stop(linked.session).result(60) is True
            host.host.session_start(linked.session, linked.options()).result(60)

    hammers = [threading.Thread(target=hammer) for _ in range(4)]
    restarts = [threading.Thread(target=restart, args=(linked,)) for linked in restarted]
    for thread in (*hammers, *restarts):
        thread.start()
    for thread in restarts:
        thread.join(300)
    over.set()
    for thread in hammers:
        thread.join(60)
    assert host.host.alive
    for linked in (steady, *restarted):
        linked.wait_for(State.CONNECTED)
    assert calls[0] > 20


# ---- silence ---------------------------------------------------------------------------------------


def test_a_send_into_silence_has_an_unknown_outcome_at_its_own_deadline(linked, sandbox, friend):
    sandbox.fault("silence", account=linked.phone.number)
    unanswered(lambda timeout: linked.host.send("one", text(friend, "quiet"), timeout=timeout))
    assert linked.host.stats(timeout=30).result(31)["sessions"]["one"]["busy"]


def test_a_silent_session_can_be_stopped_and_its_neighbours_do_not_notice(host, link, sandbox, friend):
    quiet, other = link(host, "one"), link(host, "two")
    sandbox.fault("silence", account=quiet.phone.number)
    unanswered(lambda timeout: host.host.send("one", text(friend), timeout=timeout))
    assert host.host.send("two", text(friend), timeout=30).result(31).wa_id
    assert host.host.session_stop("one").result(60) is True
    assert other.report.states("two")[-1] is State.CONNECTED


def test_a_server_that_never_answers_the_dial_cannot_hold_a_stop(host, link, sandbox):
    linked = link(host)
    assert host.host.session_stop("one").result(60)
    sandbox.fault("hang_upgrade")
    host.host.session_start("one", linked.options()).result(60)
    assert host.host.session_stop("one").result(60) is False
    host.host.shutdown(grace=1)
    host.wait_for_exit()
    assert gone(host.host.pid)


def test_a_server_that_is_not_there_is_reported_and_a_restart_asked_for(tmp_path, own_sandbox):
    gone_url = own_sandbox()
    with running_host("sandbox", SANDBOX_URL=gone_url.url) as report:
        gone_url.stop()
        report.host.session_start("one", StartOptions(store=str(tmp_path / "one"))).result(60)
        assert report.wait_for_state(State.RECONNECTING).reason is Reason.UNREACHABLE
        report.wait(lambda: report.of(RestartNeeded))
        assert report.of(RestartNeeded)[0].scope == "session"
        assert report.host.session_stop("one").result(60) is True


def test_without_a_sandbox_there_is_no_host():
    with pytest.raises(EngineError) as caught, running_host("sandbox", SANDBOX_URL="http://127.0.0.1:9"):
        pass
    assert caught.value.code == "sandbox_missing"


def test_codes_that_run_out_end_the_session_not_silently(last_code):
    """The last of these tests: the library shows a code for 20 s."""
    assert last_code.wait_for_state(State.FAILED).reason is Reason.QR_EXPIRED
    last_code.wait(lambda: [event.scope for event in last_code.of(RestartNeeded)] == ["host"])
    assert last_code.host.session_stop("one").result(60) is False
    assert last_code.states()[-1] is State.FAILED


@slow
def test_a_silent_peer_is_degraded_first_and_asks_for_a_restart_at_the_second_timeout(linked, sandbox, friend):
    sandbox.fault("silence", account=linked.phone.number)
    assert linked.wait_for(State.DEGRADED, within=50).reason is Reason.KEEPALIVE_TIMEOUT
    health = linked.host.stats(timeout=30).result(31)["sessions"]["one"]
    assert health["silences"] == 1
    assert 20 < time.time() - health["answered_at"] < 60
    linked.report.wait(lambda: linked.report.of(RestartNeeded), within=60)
    assert linked.report.of(RestartNeeded)[0].scope == "session"
    assert linked.host.session_stop("one").result(60) is True
    sandbox.clear_faults()
    linked.host.session_start("one", linked.options()).result(60)
    linked.wait_for(State.CONNECTED)
    assert paired_jid(linked.store, opened_before=True)


@slow
def test_keepalives_that_are_answered_again_heal_the_session(linked, sandbox):
    sandbox.fault("silence", account=linked.phone.number)
    linked.wait_for(State.DEGRADED, within=50)
    sandbox.clear_faults()
    linked.wait_for(State.CONNECTED, within=40)
    assert linked.report.of(RestartNeeded) == []
