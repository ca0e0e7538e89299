"""Delivery and reading are reported both ways."""

DELIVERED, READ, INACTIVE = 1, 4, 9


def test_the_client_learns_of_delivery(carl, client):
    sent = client.send(carl, "are you there?")
    assert client.wait("receipt", ids=[sent])["type"] == DELIVERED


def test_a_phone_can_keep_silent(sandbox, carl, client):
    silent = sandbox.create_phone(auto_receipt="none")
    unheard = client.send(silent, "are you there?")
    silent.wait_message(id=unheard)
    heard = client.send(carl, "and you?")
    client.wait("receipt", ids=[heard])
    assert not [event for event in client.seen("receipt") if unheard in event["ids"]]


def test_a_phone_can_read_at_once(sandbox, client):
    reader = sandbox.create_phone(auto_receipt="read")
    sent = client.send(reader, "read this")
    client.wait("receipt", ids=[sent], type=READ)


def test_a_phone_reads_when_told(carl, client):
    sent = client.send(carl, "read this later")
    carl.wait_message(id=sent)
    carl.read(sent)
    client.wait("receipt", ids=[sent], type=READ)


def test_the_phone_learns_that_the_client_has_it(alice, carl, client):
    sent = carl.send(alice.number, "for your client")
    client.wait_text("for your client")
    receipt = carl.wait_receipt(sent["id"], type="inactive")
    assert receipt["from"] == alice.devices()[0]["lid"]


def test_the_phone_learns_that_the_client_read_it(alice, carl, client):
    sent = carl.send(alice.number, "please read")
    message = client.wait_text("please read")
    client.call("mark_read", ids=[sent["id"]], chat=message["chat"], sender=message["sender"])
    carl.wait_receipt(sent["id"], type="read")
    alice.wait_receipt(sent["id"], type="read-self")
