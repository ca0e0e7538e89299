"""Two accounts of the same sandbox write to each other."""

import pytest


@pytest.fixture
def bob(sandbox):
    return sandbox.create_phone(name="Bob")


@pytest.fixture
def bobs_client(neonize_process, bob):
    client = neonize_process.client()
    client.start()
    client.link(bob)
    return client


def test_a_client_reaches_the_other_client_and_its_phone(alice, bob, client, bobs_client):
    client.send(bob, "from client to client")
    message = bobs_client.wait_text("from client to client")
    assert message["sender_alt"] == f"{alice.number}@s.whatsapp.net"
    assert message["sender_device"] == 1
    assert bob.wait_message(text="from client to client")["from_phone"] == alice.number


def test_the_answer_comes_back(alice, bob, client, bobs_client):
    client.send(bob, "ping")
    bobs_client.wait_text("ping")
    bobs_client.send(alice, "pong")
    client.wait_text("pong")
    alice.wait_message(text="pong")


def test_two_clients_of_one_account_see_the_same(alice, carl, client, neonize_process):
    second = neonize_process.client()
    second.start()
    assert second.link(alice)["device"] == 2
    client.send(carl, "from the first")
    assert second.wait_text("from the first")["from_me"]
    carl.send(alice.number, "to both")
    client.wait_text("to both")
    second.wait_text("to both")
