"""A message in flight when the connection drops is sent again with its id; it arrives once."""

import pytest


def test_it_is_answered_again_and_delivered_once(sandbox, alice, carl, client):
    client.send(carl, "warm")
    silence = sandbox.fault("silence", account=alice.number)
    pending = client.begin("send", to=carl.number, text="in flight")
    with pytest.raises(TimeoutError):
        carl.wait_message(seconds=0.2, text="in flight")
    sandbox.clear_faults(silence)
    sandbox.fault("reset", account=alice.number)
    sent = client.end(pending)
    assert carl.wait_message(text="in flight")["id"] == sent
    assert [message["text"] for message in carl.messages()].count("in flight") == 1
