"""The server answers nothing, or late."""

import time

import pytest

from sessions_app.sandbox.client import wait_until


def wait_unheard(sandbox, phone, *what):
    """Until something of one of its clients has reached the server and was not heard."""
    counted = sandbox.stats
    wait_until(lambda: any(counted()["accounts"][phone.number].get(each) for each in what), 60, "to be unheard")


def test_it_holds_back_what_is_for_the_client(sandbox, alice, carl, client):
    silence = sandbox.fault("silence", account=alice.number)
    carl.send(alice.number, "said into the silence")
    alice.wait_message(text="said into the silence")
    assert not client.seen("message") or client.seen("message")[-1]["text"] != "said into the silence"
    sandbox.clear_faults(silence)
    client.wait_text("said into the silence")


def test_it_can_hear_the_client_afterwards(sandbox, alice, carl, client):
    client.send(carl, "warm")
    silence = sandbox.fault("silence", account=alice.number, hold=True)
    pending = client.begin("send", to=carl.number, text="held")
    wait_unheard(sandbox, alice, "messages_unheard", "others_unheard")  # what is held first holds up all behind it
    assert "held" not in [message["text"] for message in carl.messages()]
    sandbox.clear_faults(silence)
    client.end(pending)
    carl.wait_message(text="held")


def test_it_swallows_what_the_client_says(sandbox, alice, carl, client):
    client.send(carl, "warm")
    silence = sandbox.fault("silence", account=alice.number)
    pending = client.begin("send", to=carl.number, text="lost")
    wait_unheard(sandbox, alice, "messages_unheard")
    sandbox.clear_faults(silence)
    with pytest.raises(TimeoutError):
        client.end(pending, seconds=0.5)
    assert "lost" not in [message["text"] for message in carl.messages()]
    carl.send(alice.number, "over")
    client.wait_text("over")


def test_it_ends_by_itself(sandbox, alice, carl, client):
    sandbox.fault("silence", account=alice.number, seconds=0.5)
    carl.send(alice.number, "over")
    client.wait_text("over")


def test_a_delay(sandbox, alice, carl, client):
    client.send(carl, "warm")
    sandbox.fault("delay", account=alice.number, ms=300)  # whatever else the client says meanwhile as well
    started = time.monotonic()
    client.send(carl, "slow")
    assert time.monotonic() - started > 0.3
