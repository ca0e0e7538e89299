"""A message that cannot be decrypted is asked for again and arrives after all."""


def test_the_client_asks_the_phone_again(sandbox, alice, carl, client):
    carl.send(alice.number, "warm")
    client.wait_text("warm")
    sandbox.fault("garble", account=alice.number, device=1)
    sent = carl.send(alice.number, "damaged on its way")
    client.wait("undecryptable")
    assert client.wait_text("damaged on its way")["id"] == sent["id"]


def test_the_first_message_can_be_damaged_too(sandbox, alice, carl, client):
    sandbox.fault("garble", account=alice.number, device=1)
    carl.send(alice.number, "damaged from the start")
    client.wait_text("damaged from the start")


def test_the_phone_asks_the_client_again(sandbox, alice, carl, client):
    client.send(carl, "warm")
    carl.wait_message(text="warm")
    sandbox.fault("garble", account=carl.number, device=0)
    sent = client.send(carl, "damaged on its way")
    assert carl.wait_message(text="damaged on its way")["id"] == sent
    carl.wait_notice("undecryptable")


def test_a_client_asks_another_client_again(sandbox, alice, client, neonize_process):
    bob = sandbox.create_phone(name="Bob")
    other = neonize_process.client()
    other.start()
    other.link(bob)
    client.send(bob, "warm")
    other.wait_text("warm")
    sandbox.fault("garble", account=bob.number, device=1)
    client.send(bob, "from client to client")
    other.wait("undecryptable")
    other.wait_text("from client to client")
