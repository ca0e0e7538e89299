"""A message in flight when the connection drops is sent again with its id; it arrives once."""

from tests.sandbox.integration.test_silence import wait_unheard


def test_it_is_answered_again_and_delivered_once(sandbox, alice, carl, client):
    client.send(carl, "warm")
    silence = sandbox.fault("silence", account=alice.number)
    pending = client.begin("send", to=carl.number, text="in flight")
    wait_unheard(sandbox, alice, "messages_unheard")
    assert "in flight" not in [message["text"] for message in carl.messages()]
    sandbox.clear_faults(silence)
    sandbox.fault("reset", account=alice.number)
    sent = client.end(pending)
    assert carl.wait_message(text="in flight")["id"] == sent
    assert [message["text"] for message in carl.messages()].count("in flight") == 1
