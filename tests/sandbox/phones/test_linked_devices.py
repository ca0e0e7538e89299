"""A phone's linked devices see what the phone writes and get what is written to it."""

import zlib

import pytest

from sessions_app.sandbox.crypto import adv
from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.linking import LinkError
from sessions_app.sandbox.protos import adv as pb
from sessions_app.sandbox.protos import e2e, history
from sessions_app.sandbox.wire.node import Node
from tests.sandbox.phones.town import Device, Town


def test_the_phone_takes_in_a_device_that_signs():
    town = Town()
    device = town.link("alice")
    assert town["alice"].linked == {1: device.keys.identity.public}
    town["alice"].unlink(1)
    assert town["alice"].linked == {}


@pytest.mark.parametrize(
    "text", ["", "hello", "REF,a,b,c", "REF,ü,b,c", "https://wa.me/settings/linked_devices#REF,QUJD,QUJD,QUJD,1"]
)
def test_it_rejects_what_is_no_code(text):
    with pytest.raises(LinkError):
        Town()["alice"].link(text, 1)


def test_it_rejects_a_device_with_another_signature():
    phone = Town()["alice"]
    device = Device(phone.lid.with_device(1), phone)
    offer = phone.link(device.qr(), 1)
    assert (offer.ref, str(offer.jid), str(offer.lid)) == ("REF", "999000000000:1@s.whatsapp.net", "200000000000:1@lid")
    other = Device(phone.lid.with_device(1), phone).keys.identity
    answer = adv.sign_as_device(other, adv.open_offer(offer.box, device.adv_secret))
    with pytest.raises(LinkError):
        phone.device_linked(1, answer)
    with pytest.raises(LinkError):
        phone.device_linked(2, answer)
    assert phone.linked == {}


def test_every_device_gets_what_is_written_to_the_account():
    town = Town()
    devices = [town.link("bob", 1), town.link("bob", 2)]
    town.carry(town["alice"].send(town["bob"].lid, content.text("hello")).outgoing)
    assert town.texts("bob") == ["hello"]
    for device in devices:
        assert [message.conversation for message in device.messages()] == ["hello"]


def test_linked_devices_get_a_copy_of_what_their_phone_writes():
    town = Town()
    device = town.link("alice")
    town.carry(town["alice"].send(town["bob"].jid, content.text("hello")).outgoing)
    [stanza] = [node for node in device.stanzas if node.tag == "message"]
    assert stanza.jid("from") == town["alice"].lid
    assert (stanza.jid("recipient"), stanza.jid("peer_recipient_pn")) == (town["bob"].lid, town["bob"].jid)
    [message] = device.messages()
    assert message.deviceSentMessage.destinationJID == str(town["bob"].lid)
    assert message.deviceSentMessage.message.conversation == "hello"


def test_the_phone_shows_what_a_linked_device_wrote():
    town = Town()
    device = town.link("alice")
    copy = e2e.DeviceSentMessage(destinationJID=str(town["bob"].jid), message=content.text("from the web"))
    stanza = device.write(town, town["alice"].lid, e2e.Message(deviceSentMessage=copy), "W1", recipient=town["bob"].lid)
    batch = town["alice"].receive(stanza)
    [message] = batch.messages
    assert (message.text, message.from_me, message.chat) == ("from the web", True, town["bob"].lid)
    assert message.sender == device.lid
    assert batch.outgoing == []


def test_nobody_else_can_send_such_a_copy():
    town = Town()
    device = town.link("bob")
    copy = e2e.DeviceSentMessage(destinationJID=str(town["bob"].jid), message=content.text("forged"))
    batch = town["alice"].receive(device.write(town, town["alice"].lid, e2e.Message(deviceSentMessage=copy), "W1"))
    assert [message.kind for message in batch.messages] == ["unknown"]


def test_a_new_device_gets_the_app_state_key_and_the_history():
    town = Town()
    town.carry(town["bob"].send(town["alice"].lid, content.text("old times")).outgoing)
    town.carry(town["alice"].send(town["bob"].lid, content.text("indeed")).outgoing)
    device = town.link("alice")
    town.carry(town["alice"].after_link(1))
    assert all(node.text("category") == "peer" for node in device.stanzas)
    share, bootstrap, names = (message.protocolMessage for message in device.messages())
    assert len(share.appStateSyncKeyShare.keys) == 1
    [conversation] = unpack(bootstrap).conversations
    assert [item.message.message.conversation for item in conversation.messages] == ["indeed", "old times"]
    assert [item.message.key.fromMe for item in conversation.messages] == [True, False]
    assert [(name.ID, name.pushname) for name in unpack(names).pushnames] == [(str(town["bob"].lid), "bob")]


def unpack(protocol):
    notification = protocol.historySyncNotification
    return history.HistorySync.FromString(zlib.decompress(notification.initialHistBootstrapInlinePayload))


def test_a_device_that_misses_the_key_asks_for_it():
    town = Town()
    device = town.link("alice")
    request = e2e.ProtocolMessage(type=e2e.ProtocolMessage.APP_STATE_SYNC_KEY_REQUEST)
    stanza = device.write(town, town["alice"].lid, e2e.Message(protocolMessage=request), "P1", category="peer")
    batch = town["alice"].receive(stanza)
    assert [noticed.kind for noticed in batch.noticed] == ["peer"]
    town.carry(batch.outgoing)
    assert device.messages()[0].protocolMessage.appStateSyncKeyShare.keys


def test_a_first_message_must_come_from_a_device_that_its_account_signed():
    town = Town()
    device = town.link("bob")
    good = adv.open_offer(town["bob"].link(device.qr(), 1).box, device.adv_secret)
    signed = adv_signed(device, good)
    stanza = device.write(town, town["alice"].lid, content.text("x"), "W1")
    stanza.content = [*stanza.children(), Node("device-identity", {}, signed)]
    assert [m.text for m in town["alice"].receive(stanza).messages] == ["x"]
    spoiled = adv.open_offer(town["bob"].link(device.qr(), 1, tamper="account_signature").box, device.adv_secret)
    stranger = device.write(town, town["alice"].lid, content.text("y"), "W2")
    stranger.content = [*stranger.children(), Node("device-identity", {}, adv_signed(device, spoiled))]
    batch = town["alice"].receive(stranger)
    assert batch.messages == []
    assert batch.noticed[0].kind == "undecryptable"


def test_a_device_signed_by_another_account_is_refused():
    town = Town()
    device = town.link("bob")
    town.carry(town["alice"].send(town["bob"].lid, content.text("hello")).outgoing)
    mallory = town.add("mallory", "999000000009", "200000000009")
    forged = adv_signed(device, adv.open_offer(mallory.link(device.qr(), 1).box, device.adv_secret))
    stanza = device.write(town, town["alice"].lid, content.text("x"), "W1")
    stanza.content = [*stanza.children(), Node("device-identity", {}, forged)]
    batch = town["alice"].receive(stanza)
    assert (batch.messages, batch.noticed[0].kind) == ([], "undecryptable")


def test_the_history_is_not_larger_than_a_stanza_can_be():
    town = Town()
    for _ in range(5):
        town.carry(town["bob"].send(town["alice"].lid, content.text("x" * 900_000)).outgoing)
    device = town.link("alice")
    town.carry(town["alice"].after_link(1))
    bootstrap = device.messages()[1].protocolMessage
    assert len(unpack(bootstrap).conversations[0].messages) == 2


def adv_signed(device, offered):
    signed = pb.ADVSignedDeviceIdentity.FromString(adv.sign_as_device(device.keys.identity, offered))
    signed.accountSignatureKey = pb.ADVSignedDeviceIdentity.FromString(offered).accountSignatureKey
    return signed.SerializeToString()
