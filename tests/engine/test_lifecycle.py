"""States from what the library reports, without the library."""

import ctypes
import time
from types import SimpleNamespace

import pytest

from sessions_app.engine.base import EngineEvent, QrCode, RestartNeeded, StartOptions, StateChanged
from sessions_app.engine.deadlines import Timer
from sessions_app.engine.states import FINAL_STATES, Reason, State
from sessions_app.engine.whatsapp import login as login_module
from sessions_app.engine.whatsapp.lifecycle import Lifecycle
from sessions_app.engine.whatsapp.login import Login


class Watched:
    def __init__(self):
        self.events: list[EngineEvent] = []
        self.lifecycle = Lifecycle("s", self.events.append)
        self.lifecycle.starting()

    @property
    def states(self):
        return [(e.state, e.reason) for e in self.events if isinstance(e, StateChanged)]

    @property
    def restarts(self):
        return [(e.scope, e.reason) for e in self.events if isinstance(e, RestartNeeded)]


@pytest.fixture
def watched():
    return Watched()


@pytest.fixture
def up(watched):
    watched.lifecycle.connected()
    watched.events.clear()
    return watched


def test_only_changes_are_reported(watched):
    watched.lifecycle.connected()
    watched.lifecycle.connected()
    assert watched.states == [(State.STARTING, Reason.NONE), (State.CONNECTED, Reason.CONNECTED)]


def test_a_lost_connection_comes_back(up):
    up.lifecycle.disconnected()
    up.lifecycle.connected()
    assert [state for state, _ in up.states] == [State.RECONNECTING, State.CONNECTED]


def test_the_second_silence_asks_for_a_restart_once(up):
    for _ in range(4):
        up.lifecycle.silent()
    assert up.states == [(State.DEGRADED, Reason.KEEPALIVE_TIMEOUT)]
    assert up.restarts == [("session", Reason.KEEPALIVE_TIMEOUT)]


def test_it_knows_since_when_nothing_is_answered(up):
    up.lifecycle.silent(1000.0)
    assert (up.lifecycle.silences, up.lifecycle.answered_at) == (1, 1000.0)
    up.lifecycle.connected()
    assert (up.lifecycle.silences, up.lifecycle.answered_at) == (0, None)


def test_an_answered_keepalive_forgets_the_silence(up):
    for _ in range(3):
        up.lifecycle.silent()
        up.lifecycle.connected()
    assert up.restarts == []


@pytest.mark.parametrize(
    "end",
    [
        lambda it: it.replaced(),
        lambda it: it.logged_out(on_connect=False, why=""),
        lambda it: it.banned("why", 60.0),
        lambda it: it.outdated(),
        lambda it: it.refused("why"),
    ],
)
def test_nothing_that_follows_hides_a_final_state(up, end):
    end(up.lifecycle)
    [final] = up.states
    for later in ("disconnected", "connected", "silent", "silent", "stopped"):
        getattr(up.lifecycle, later)()
    up.lifecycle.connect_returned("", was_up=True)
    assert final[0] in FINAL_STATES
    assert up.states == [final]
    assert up.restarts == []


def test_a_stop_is_reported(up):
    up.lifecycle.stopped()
    assert up.states == [(State.STOPPED, Reason.REQUESTED)]


@pytest.mark.parametrize(
    ("why", "on_connect", "reason"),
    [
        ("LOGGED_OUT", True, Reason.DEVICE_REMOVED),
        ("LOGGED_OUT", False, Reason.DEVICE_REMOVED),
        ("MAIN_DEVICE_GONE", True, Reason.ACCOUNT_LOCKED),
        ("UNKNOWN_LOGOUT", True, Reason.ACCOUNT_LOCKED),
    ],
)
def test_a_logout_says_whether_it_is_the_device_or_the_account(up, why, on_connect, reason):
    up.lifecycle.logged_out(on_connect=on_connect, why=why)
    assert up.states == [(State.LOGGED_OUT, reason)]


@pytest.mark.parametrize(
    ("error", "was_up", "state", "reason", "restarts"),
    [
        ("dial tcp: connection refused", False, State.RECONNECTING, Reason.UNREACHABLE, ["session"]),
        ("proto: required field X not set", True, State.RECONNECTING, Reason.ENGINE_CRASHED, ["session"]),
        ("", True, State.RECONNECTING, Reason.CONNECTION_LOST, ["session"]),
        ("proto: required field neonize.TemporaryBan.Code not set", True, State.BANNED, Reason.TEMPORARY_BAN, []),
        ("proto: required field neonize.ConnectFailure.Reason", True, State.FAILED, Reason.CONNECT_FAILURE, []),
    ],
)
def test_a_connect_that_came_back_is_a_change_of_state(watched, error, was_up, state, reason, restarts):
    watched.lifecycle.connect_returned(error, was_up=was_up)
    assert watched.states[-1] == (state, reason)
    assert [scope for scope, _ in watched.restarts] == restarts


# ---- pairing ---------------------------------------------------------------------------------------


class Client:
    """The two ends that a pairing has in neonize's client."""

    def __init__(self, code="ABCD-1234"):
        self.event = self
        self._code = code

    def qr(self, function):
        self.show = lambda payload: function(self, payload)

    def report(self, status):
        buffer = ctypes.create_string_buffer(status.encode())
        getattr(self, "_NewClient__onLoginStatus")(0, ctypes.addressof(buffer))  # noqa: B009 - as the library does

    def PairPhone(self, phone, push):
        if isinstance(self._code, Exception):
            raise self._code
        return self._code


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def login(watched, client):
    return Login(client, StartOptions(store="/x"), watched.lifecycle, emit=watched.events.append, alive=lambda: None)


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_codes_are_counted_and_the_first_lives_longer(login, client, watched):
    for number in range(3):
        client.show(b"code %d" % number)
    codes = [event for event in watched.events if isinstance(event, QrCode)]
    assert [(code.payload, code.index, code.total) for code in codes] == [
        ("code 0", 1, 6),
        ("code 1", 2, 6),
        ("code 2", 3, 6),
    ]
    left = [code.expires_at - time.time() for code in codes]
    assert left == pytest.approx([60, 20, 20], abs=15)
    assert watched.states[-1] == (State.SCAN_QR, Reason.QR_SHOWN)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("timeout", Reason.PAIRING_FAILED),  # so early, it is the connection that broke
        ("error", Reason.PAIRING_REFUSED),
        ("err-client-outdated", Reason.CLIENT_OUTDATED),
        ("err-unexpected-state", Reason.PAIRING_FAILED),
        ("something-new", Reason.PAIRING_FAILED),
    ],
)
def test_however_a_pairing_ends_it_is_said_and_the_process_has_to_end(login, client, watched, status, reason):
    client.show(b"code")
    client.report(status)
    assert watched.states[-1] == (State.FAILED, reason)
    assert watched.restarts == [("host", reason)]


def test_codes_that_ran_out_are_told_from_a_broken_connection(login, client, watched, monkeypatch):
    client.show(b"code")
    monkeypatch.setattr(login_module, "NEXT_CODE", -10.0)
    client.report("timeout")
    assert watched.states[-1] == (State.FAILED, Reason.QR_EXPIRED)


def test_a_library_that_says_nothing_is_not_waited_for_for_ever(watched, client, monkeypatch):
    monkeypatch.setattr(login_module, "FIRST_CODE", 0.02)
    monkeypatch.setattr(login_module, "MARGIN", 0.02)
    Login(client, StartOptions(store="/x"), watched.lifecycle, emit=watched.events.append, alive=lambda: None)
    client.show(b"code")
    wait_for(lambda: watched.states[-1] == (State.FAILED, Reason.QR_EXPIRED))


def test_a_pairing_that_no_connection_follows_asks_for_a_new_process(login, client, watched, monkeypatch):
    monkeypatch.setattr(login_module, "CONNECT_WITHIN", 0.02)
    client.show(b"code")
    client.report("success")
    wait_for(lambda: watched.restarts == [("host", Reason.START_TIMEOUT)])
    assert watched.states[-1] == (State.RECONNECTING, Reason.START_TIMEOUT)


def test_a_pairing_that_a_connection_follows_does_not(login, client, watched, monkeypatch):
    timers: list[Timer] = []

    def after(seconds, action):
        timers.append(Timer(seconds, action))
        return timers[-1]

    monkeypatch.setattr(login_module, "deadlines", SimpleNamespace(after=after))
    client.show(b"code")
    client.report("success")
    login.connected()
    assert [timer.action for timer in timers] == [None] * 2  # for the code and for the connection: both cancelled


def test_a_refused_pairing_code_is_said(watched):
    client = Client(RuntimeError("info query returned status 429: rate-overlimit"))
    options = StartOptions(store="/x", pairing="code", phone="34600111222")
    Login(client, options, watched.lifecycle, emit=watched.events.append, alive=lambda: None)
    client.show(b"code")
    wait_for(lambda: watched.states[-1] == (State.FAILED, Reason.PAIRING_REFUSED))
    assert not [event for event in watched.events if isinstance(event, QrCode)]
