"""What is sent to somebody who is away arrives later."""

from sessions_app.sandbox.client import wait_until


def test_a_client_gets_what_it_missed(sandbox, alice, carl, client):
    wait_until(lambda: alice.devices()[0]["queued"] == 0)
    before = client.now()
    outage = sandbox.fault("refuse", account=alice.number)
    client.wait("disconnected", after=before)
    for number in range(3):
        carl.send(alice.number, f"missed {number}")
    assert alice.devices()[0]["queued"] == 3
    sandbox.clear_faults(outage)
    for number in range(3):
        client.wait_text(f"missed {number}")
    client.wait("offline_done", after=before)


def test_the_queue_is_empty_once_the_client_has_everything(alice, carl, client):
    sent = carl.send(alice.number, "soon taken")
    carl.wait_receipt(sent["id"], type="inactive")
    wait_until(lambda: alice.devices()[0]["queued"] == 0)


def test_a_phone_gets_what_it_missed(carl, client):
    carl.vanish()
    sent = client.send(carl, "while you were away")
    assert carl.info()["queued"] == 1
    assert not [event for event in client.seen("receipt") if sent in event["ids"]]
    carl.appear()
    carl.wait_message(text="while you were away")
    client.wait("receipt", ids=[sent])
