"""Two phones write to each other."""

import pytest

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.outbox import UnknownRecipientError
from sessions_app.sandbox.wire.jid import JID
from tests.sandbox.phones.town import Town


def test_a_text_arrives_with_everything_a_phone_shows():
    town = Town()
    alice, bob = town["alice"], town["bob"]
    sent = alice.send(bob.jid, content.text("hello"), message_id="AB12")
    town.carry(sent.outgoing)
    [(who, message)] = town.received
    assert (who, message.text, message.kind, message.id) == ("bob", "hello", "text", "AB12")
    assert (message.chat, message.sender, message.sender_phone) == (alice.lid, alice.lid, alice.jid)
    assert (message.push_name, message.from_me, message.n) == ("alice", False, 1)
    assert message.timestamp == sent.timestamp


def test_a_conversation_goes_both_ways():
    town = Town()
    alice, bob = town["alice"], town["bob"]
    for number in range(5):
        town.carry(alice.send(bob.lid, content.text(f"a{number}")).outgoing)
        town.carry(bob.send(alice.lid, content.text(f"b{number}")).outgoing)
    assert town.texts("bob") == [f"a{number}" for number in range(5)]
    assert town.texts("alice") == [f"b{number}" for number in range(5)]


def test_the_sender_learns_that_it_was_delivered_and_read():
    town = Town()
    town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id="A1").outgoing)
    town.carry(town["bob"].read([message for _, message in town.received]))
    assert [(n.data["type"], n.data["ids"]) for n in town.notices("alice", "receipt")] == [
        ("delivered", ["A1"]),
        ("read", ["A1"]),
    ]


def test_one_receipt_speaks_of_many_messages():
    town = Town()
    for number in range(3):
        town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id=f"A{number}").outgoing)
    town.carry(town["bob"].read([message for _, message in town.received], played=True))
    assert town.notices("alice", "receipt")[-1].data["ids"] == ["A0", "A1", "A2"]
    assert town.notices("alice", "receipt")[-1].data["type"] == "played"


def test_a_stanza_delivered_twice_is_shown_once():
    town = Town()
    [stanza] = town["alice"].send(town["bob"].lid, content.text("x")).outgoing
    town.carry([stanza, stanza])
    assert town.texts("bob") == ["x"]
    assert not town.notices("bob", "undecryptable")


def test_nobody_has_the_number():
    with pytest.raises(UnknownRecipientError):
        Town()["alice"].send(JID("12345", "s.whatsapp.net"), content.text("x"))


def test_a_note_to_oneself_reaches_the_linked_devices_only():
    town = Town()
    device = town.link("alice")
    [stanza] = town["alice"].send(town["alice"].jid, content.text("note")).outgoing
    assert stanza.to == device.lid


def test_the_length_of_a_text_is_hidden_by_padding():
    town = Town()
    sizes = {
        len(town["alice"].send(town["bob"].lid, content.text("x" * 16)).outgoing[0].node.children("enc")[0].data())
        for _ in range(40)
    }
    assert len(sizes) > 1
