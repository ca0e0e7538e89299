"""The server refuses single messages and requests."""

import pytest


@pytest.mark.parametrize("error", [463, 429])
def test_a_message_is_refused(sandbox, alice, carl, client, error):
    sandbox.fault("nack", account=alice.number, error=error)
    with pytest.raises(RuntimeError, match=f"server returned error {error}"):
        client.send(carl, "refused")
    client.send(carl, "accepted")
    carl.wait_message(text="accepted")
    assert "refused" not in [message["text"] for message in carl.messages()]


def test_a_query_is_limited(sandbox, alice, carl, client):
    sandbox.fault("iq_429", account=alice.number)
    with pytest.raises(RuntimeError, match="rate-overlimit"):
        client.send(carl, "first contact")
    client.send(carl, "second try")
    carl.wait_message(text="second try")


def test_an_unknown_number(client):
    with pytest.raises(RuntimeError, match="no LID found"):
        client.call("send", to="999000000002", text="nobody")
