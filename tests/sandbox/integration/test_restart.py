"""A sandbox that is killed and started again goes on where it was."""

import signal

import pytest


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_phones_devices_and_sessions_survive(own_sandbox, own_neonize, state, number):
    process = own_sandbox("--state", state)
    trust = process.client.trust()
    alice, carl = process.client.create_phone(name="Alice"), process.client.create_phone(name="Carl")
    client = own_neonize(process.client).client()
    client.start()
    client.link(alice)
    client.send(carl, "before")
    carl.wait_message(text="before")
    carl.send(alice.number, "before too")
    client.wait_text("before too")
    before = client.now()

    process.restart(number)

    assert process.client.trust() == trust
    alice, carl = (process.client.phone(phone.number) for phone in (alice, carl))
    client.wait("connected", after=before)
    client.send(carl, "after")
    assert carl.wait_message(text="after")["n"] == 2
    carl.send(alice.number, "after too")
    client.wait_text("after too")
    assert not client.seen("undecryptable")
    assert not [notice for notice in carl.notices() if notice["kind"] in ("undecryptable", "retry")]


def test_what_waits_for_a_client_survives(own_sandbox, own_neonize, state):
    process = own_sandbox("--state", state)
    alice, carl = process.client.create_phone(), process.client.create_phone()
    client = own_neonize(process.client).client()
    client.start()
    client.link(alice)
    before = client.now()
    process.client.fault("refuse")
    client.wait("disconnected", after=before)
    carl.send(alice.number, "kept")

    process.restart(signal.SIGTERM)

    client.wait_text("kept")


def test_the_state_is_private(own_sandbox, state):
    process = own_sandbox("--state", state)
    process.client.create_phone()
    process.stop()
    files = [path for path in state.rglob("*") if path.is_file()]
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert state.stat().st_mode & 0o777 == 0o700


def test_sigterm_ends_it_cleanly(own_sandbox):
    process = own_sandbox()
    assert process.stop(signal.SIGTERM) == 0


def test_sigint_ends_it_cleanly(own_sandbox):
    process = own_sandbox()
    assert process.stop(signal.SIGINT) == 0
