"""Every new session takes one of the client's one-time prekeys; the client is asked for more in time."""

from sessions_app.sandbox.client import wait_until


def test_the_client_uploads_more(sandbox, alice, client):
    before = alice.wait_device_online()["prekeys"]
    senders = [sandbox.create_phone() for _ in range(before - 3)]
    for sender in senders:
        sender.send(alice.number, f"from {sender.number}")
    wait_until(lambda: alice.devices()[0]["prekeys"] > 10)
    client.wait_text(f"from {senders[-1].number}")
