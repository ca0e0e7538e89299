"""The server answers nothing, or late."""

import time

import pytest


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
    with pytest.raises(TimeoutError):
        carl.wait_message(seconds=0.3, text="held")
    sandbox.clear_faults(silence)
    client.end(pending)
    carl.wait_message(text="held")


def test_it_swallows_what_the_client_says(sandbox, alice, carl, client):
    client.send(carl, "warm")
    sandbox.fault("silence", account=alice.number, seconds=0.5)
    pending = client.begin("send", to=carl.number, text="lost")
    with pytest.raises(TimeoutError):
        client.end(pending, seconds=1)
    assert "lost" not in [message["text"] for message in carl.messages()]
    carl.send(alice.number, "over")
    client.wait_text("over")


def test_a_delay(sandbox, alice, carl, client):
    client.send(carl, "warm")
    sandbox.fault("delay", account=alice.number, count=1, ms=300)
    started = time.monotonic()
    client.send(carl, "slow")
    assert time.monotonic() - started > 0.3
