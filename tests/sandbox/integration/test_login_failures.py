"""A login fails for other reasons than a lost device."""

import pytest


def test_a_ban(sandbox, alice, client):
    sandbox.fault("failure", account=alice.number, reason=402, code=101, expire=3600)
    client.wait("banned")


def test_an_outdated_client(sandbox, alice, client):
    sandbox.fault("failure", account=alice.number, reason=405)
    client.wait("outdated")


def test_any_other_reason(sandbox, alice, client):
    sandbox.fault("failure", account=alice.number, reason=400)
    client.wait("connect_failure")


def test_an_overloaded_server(sandbox, alice, client):
    before = client.now()
    sandbox.fault("failure", account=alice.number, reason=503)
    client.wait("connected", after=before)


@pytest.mark.parametrize("event", ["receipt", "chatstate", "failure"])
def test_a_poisoned_event_ends_the_client(sandbox, alice, client, event):
    sandbox.fault("poison", account=alice.number, event=event)
    assert "not set" in client.wait("ended")["error"]
    assert alice.devices()[0]["online"]
