"""A linked device loses its place."""

import pytest


def test_another_connection_takes_over(sandbox, alice, client, own_neonize):
    before = sandbox.stats()["replaced"]
    second = own_neonize(sandbox).client()
    second.store = client.store
    second.start()
    second.wait("connected")
    client.wait("replaced")
    assert sandbox.stats()["replaced"] == before + 1
    assert sandbox.stats()["accounts"][alice.number]["replaced"] == 1


def test_it_is_replaced_by_a_fault(sandbox, alice, client):
    before = client.now()
    sandbox.fault("replaced", account=alice.number)
    client.wait("replaced", after=before)


def test_the_phone_removes_it(alice, client):
    alice.remove_device(1)
    assert client.wait("logged_out")["on_connect"] is False
    assert alice.devices() == []


def test_it_is_removed_by_a_fault(sandbox, alice, client):
    sandbox.fault("device_removed", account=alice.number)
    assert client.wait("logged_out")["on_connect"] is False
    assert alice.devices() == []


def test_it_logs_out(alice, carl, client):
    client.call("logout")
    assert alice.devices() == []
    carl.send(alice.number, "who is left?")
    alice.wait_message(text="who is left?")


def test_the_account_is_deleted(alice, client):
    alice.delete()
    assert client.wait("logged_out")["on_connect"] is False


@pytest.mark.parametrize("reason", [401, 403, 406])
def test_a_login_is_refused_for_good(sandbox, alice, client, reason):
    sandbox.fault("failure", account=alice.number, reason=reason)
    assert client.wait("logged_out")["on_connect"] is True
    assert alice.devices() == []
