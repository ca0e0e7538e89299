"""Linking by typing a code into the phone."""

import os

import pytest

from sessions_app.sandbox.crypto import adv, paircode
from sessions_app.sandbox.crypto.curve import KeyPair
from sessions_app.sandbox.phones.linking import LinkError
from sessions_app.sandbox.wire.node import Node
from tests.sandbox.phones.town import Device, Town

REF = b"2@abc"


def node(**children):
    return Node("link_code_companion_reg", {}, [Node(tag, {}, data) for tag, data in children.items()])


def finish(phone, device, shown, typed):
    """The companion's side of the dialogue; gives its last stanza and the secret that it expects."""
    ephemeral, identity = KeyPair.generate(), device.keys.identity
    hello = node(
        link_code_pairing_wrapped_companion_ephemeral_pub=paircode.wrap_public(shown, ephemeral.public),
    )
    answer = phone.answer_pairing_code(typed, hello, REF)
    assert answer.text("stage") == "primary_hello"
    assert answer.child("link_code_pairing_ref").data() == REF
    account = answer.child("primary_identity_pub").data()
    wrapped = answer.child("link_code_pairing_wrapped_primary_ephemeral_pub").data()
    shared, random = ephemeral.agree(paircode.unwrap_public(shown, wrapped)), os.urandom(32)
    last = node(
        link_code_pairing_wrapped_key_bundle=paircode.seal_bundle(shared, identity.public, account, random),
        companion_identity_public=identity.public,
        link_code_pairing_ref=REF,
    )
    return last, paircode.adv_secret(shared, identity.agree(account), random)


def test_the_right_code_links_the_device():
    phone = Town()["alice"]
    device = Device(phone.lid.with_device(1), phone)
    last, secret = finish(phone, device, "ABCD1234", "abcd-1234")
    offer = phone.finish_pairing_code(last, 1)
    assert offer.ref == REF.decode()
    phone.device_linked(1, adv.sign_as_device(device.keys.identity, adv.open_offer(offer.box, secret)))
    assert phone.linked == {1: device.keys.identity.public}


def test_a_wrong_code_does_not():
    phone = Town()["alice"]
    device = Device(phone.lid.with_device(1), phone)
    last, _ = finish(phone, device, "ABCD1234", "ABCD-1235")
    with pytest.raises(paircode.WrongCodeError):
        phone.finish_pairing_code(last, 1)
    with pytest.raises(LinkError):
        phone.finish_pairing_code(last, 1)
    with pytest.raises(paircode.WrongCodeError):
        phone.answer_pairing_code("nonsense", Node("link_code_companion_reg"), REF)
