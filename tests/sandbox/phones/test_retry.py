"""Messages that cannot be decrypted are asked for and sent again, both ways."""

from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.bundles import key_nodes, registration_node
from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.phones.retries import MAX_RETRIES
from sessions_app.sandbox.wire.node import Node
from tests.sandbox.phones.town import Town


def spoiled(item: Outgoing) -> Outgoing:
    encs = [Node("enc", enc.attrs, enc.data()[:-1] + bytes([enc.data()[-1] ^ 1])) for enc in item.node.children("enc")]
    return Outgoing(item.to, Node("message", item.node.attrs, encs))


def talking() -> Town:
    town = Town()
    town.carry(town["alice"].send(town["bob"].lid, content.text("1")).outgoing)
    town.carry(town["bob"].send(town["alice"].lid, content.text("2")).outgoing)
    return town


def test_two_phones_repair_a_broken_message_by_themselves():
    town = talking()
    [stanza] = town["alice"].send(town["bob"].lid, content.text("3"), message_id="A3").outgoing
    town.carry([spoiled(stanza)])
    assert town.texts("bob") == ["1", "3"]
    assert [n.data["id"] for n in town.notices("bob", "undecryptable")] == ["A3"]
    town.carry(town["bob"].send(town["alice"].lid, content.text("4")).outgoing)
    assert town.texts("alice") == ["2", "4"]


def test_a_key_used_for_two_messages_loses_neither():
    """Clients that encrypt and decrypt at the same moment do that: the second message is asked for, not dropped."""
    town = talking()
    [first] = town["alice"].send(town["bob"].lid, content.text("3"), message_id="A3").outgoing
    again = Outgoing(first.to, Node("message", {**first.node.attrs, "id": "A4"}, first.node.content))
    town.carry([first, first])
    assert not town.notices("bob", "undecryptable")
    asked = town["bob"].receive(again.node).outgoing
    assert [stanza.node.text("type") for stanza in asked] == ["retry"]


def test_a_phone_asks_at_most_a_few_times():
    town = talking()
    town.lose = lambda item: item.node.tag == "receipt"
    [stanza] = town["alice"].send(town["bob"].lid, content.text("3")).outgoing
    asked = [town["bob"].receive(spoiled(stanza).node).outgoing for _ in range(MAX_RETRIES + 3)]
    assert sum(map(len, asked)) == MAX_RETRIES
    counts = [request[0].node.children("retry")[0].text("count") for request in asked if request]
    assert counts == [str(number + 1) for number in range(MAX_RETRIES)]


def retry_receipt(device, message_id, *, count=1, with_keys=False):
    retry = Node("retry", {"count": str(count), "id": message_id, "t": "1", "v": "1"})
    children = [retry, registration_node(device.keys.registration_id)]
    if with_keys:
        children.append(Node("keys", {}, key_nodes(device.keys.bundle())))
    return Node("receipt", {"from": device.lid, "id": message_id, "type": "retry"}, children)


def test_a_device_gets_a_message_again_in_a_new_session():
    town = Town()
    device = town.link("bob")
    for with_keys in (False, True):
        town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id=f"A{with_keys}").outgoing)
        device.stanzas.clear()
        town.carry(town["alice"].receive(retry_receipt(device, f"A{with_keys}", with_keys=with_keys)).outgoing)
        [stanza] = device.stanzas
        assert (stanza.text("id"), stanza.children("enc")[0].text("count")) == (f"A{with_keys}", "1")
        assert [message.conversation for message in device.messages()] == ["x"]


def test_own_devices_get_their_copy_again():
    town = Town()
    device = town.link("alice")
    town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id="A1").outgoing)
    device.stanzas.clear()
    town.carry(town["alice"].receive(retry_receipt(device, "A1")).outgoing)
    assert device.messages()[0].deviceSentMessage.message.conversation == "x"


def test_a_device_gets_the_app_state_key_again():
    town = Town()
    device = town.link("alice")
    [share, *_] = town["alice"].after_link(1)
    town.carry(town["alice"].receive(retry_receipt(device, share.node.text("id"))).outgoing)
    assert device.stanzas[0].text("category") == "peer"
    assert device.messages()[0].protocolMessage.appStateSyncKeyShare.keys


def test_it_does_not_send_again_what_it_does_not_know_or_to_wrong_keys():
    town = Town()
    device = town.link("bob")
    town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id="A1").outgoing)
    assert town["alice"].receive(retry_receipt(device, "A2")).outgoing == []
    assert town["alice"].receive(retry_receipt(device, "A1", count=MAX_RETRIES + 1)).outgoing == []
    forged = retry_receipt(device, "A1", with_keys=True)
    identity = forged.find("keys", "identity")
    assert identity is not None
    identity.content = KeyPair.generate().public
    assert town["alice"].receive(forged).outgoing == []
