"""Group messages between phones and their linked devices."""

import pytest

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.outbox import UnknownRecipientError
from sessions_app.sandbox.wire.node import Node
from tests.sandbox.phones.test_retry import retry_receipt, spoiled
from tests.sandbox.phones.town import GROUP, Town


def group_town() -> Town:
    town = Town("alice", "bob", "carol")
    town.group("alice", "bob", "carol")
    return town


def test_everyone_in_the_group_reads_it():
    town = group_town()
    device = town.link("bob")
    own = town.link("alice")
    for text in ("one", "two"):
        town.carry(town["alice"].send(GROUP, content.text(text)).outgoing)
    assert town.texts("bob") == town.texts("carol") == ["one", "two"]
    assert {(m.chat, m.sender) for _, m in town.received} == {(GROUP, town["alice"].lid)}
    for each in (device, own):
        assert [m.conversation for m in each.messages() if m.conversation] == ["one", "two"]


def test_the_key_is_handed_out_once():
    town = group_town()
    first = town["alice"].send(GROUP, content.text("one")).outgoing
    second = town["alice"].send(GROUP, content.text("two")).outgoing
    assert [len(item.node.children("enc")) for item in first + second] == [2, 2, 1, 1]


def test_someone_who_left_cannot_read_on_and_a_newcomer_can():
    town = group_town()
    town.carry(town["alice"].send(GROUP, content.text("one")).outgoing)
    town.group("alice", "bob")
    outgoing = town["alice"].send(GROUP, content.text("two")).outgoing
    assert [item.to for item in outgoing] == [town["bob"].lid]
    overheard = Node("message", outgoing[0].node.attrs, outgoing[0].node.children("enc")[-1:])
    batch = town["carol"].receive(overheard)
    assert batch.messages == []
    town.carry(outgoing)
    town.group("alice", "bob", "carol")
    town.carry(town["alice"].send(GROUP, content.text("three")).outgoing)
    assert town.texts("carol") == ["one", "three"]
    assert town.texts("bob") == ["one", "two", "three"]


def test_receipts_name_the_reader():
    town = group_town()
    town.carry(town["alice"].send(GROUP, content.text("one"), message_id="A1").outgoing)
    delivered = town.notices("alice", "receipt")
    assert {notice.sender for notice in delivered} == {town["bob"].lid, town["carol"].lid}


def test_a_broken_group_message_is_sent_again():
    town = group_town()
    to_bob, _ = town["alice"].send(GROUP, content.text("one")).outgoing
    town.carry([spoiled(to_bob)])
    assert town.texts("bob") == ["one"]
    town.carry(town["alice"].send(GROUP, content.text("two")).outgoing)
    assert town.texts("bob") == ["one", "two"]


def test_a_device_gets_a_group_message_again():
    town = group_town()
    device = town.link("bob")
    town.carry(town["alice"].send(GROUP, content.text("one"), message_id="A1").outgoing)
    device.stanzas.clear()
    receipt = retry_receipt(device, "A1")
    receipt.attrs |= {"from": GROUP, "participant": device.lid}
    town.carry(town["alice"].receive(receipt).outgoing)
    [stanza] = device.stanzas
    assert (stanza.jid("from"), stanza.jid("participant")) == (GROUP, town["alice"].lid)
    [message] = device.messages()
    assert message.conversation == "one"
    assert message.HasField("senderKeyDistributionMessage")


def test_only_members_can_write():
    town = group_town()
    town.group("bob", "carol")
    with pytest.raises(UnknownRecipientError):
        town["alice"].send(GROUP, content.text("x"))
