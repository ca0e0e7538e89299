"""The connection breaks; the client comes back by itself."""


def test_a_reset(sandbox, alice, carl, client):
    before = client.now()
    sandbox.fault("reset", account=alice.number)
    client.wait("disconnected", after=before)
    client.wait("connected", after=before)
    client.send(carl, "after the reset")
    carl.wait_message(text="after the reset")


def test_a_stream_error(sandbox, alice, client):
    before = client.now()
    sandbox.fault("stream_error_503", account=alice.number)
    client.wait("disconnected", after=before)
    client.wait("connected", after=before)


def test_a_fault_of_one_account_leaves_the_others_alone(sandbox, alice, carl, client):
    sandbox.fault("reset", account=carl.number)
    carl.send(alice.number, "still here?")
    client.wait_text("still here?")
    assert not client.seen("disconnected")


def test_an_outage(sandbox, client):
    before = client.now()
    outage = sandbox.fault("refuse")
    client.wait("disconnected", after=before)
    sandbox.clear_faults(outage)
    client.wait("connected", after=before)


def test_an_outage_of_one_account(sandbox, alice, client):
    before = client.now()
    sandbox.fault("refuse", account=alice.number, count=1)
    client.wait("disconnected", after=before)
    client.wait("connected", after=before)


def test_a_hanging_upgrade(sandbox, alice, client):
    before = client.now()
    hang = sandbox.fault("hang_upgrade")
    sandbox.fault("reset", account=alice.number)
    client.wait("disconnected", after=before)
    assert alice.devices()[0]["connected"] is False
    sandbox.clear_faults(hang)
    client.wait("connected", after=before)
