"""Stanzas wait until they are acknowledged."""

import pytest

from sessions_app.sandbox.server.mailbox import Mailbox
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.node import Node


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(Storage(None), "mail")


def message(number: int) -> Node:
    return Node("message", {"id": str(number)}, [Node("enc", {"type": "msg"}, b"secret")])


def test_it_keeps_the_order(mailbox):
    for number in (2, 1, 3):
        mailbox.add(message(number))
    assert [node.text("id") for node in mailbox] == ["2", "1", "3"]


def test_an_acknowledged_stanza_is_gone(mailbox):
    mailbox.add(message(1))
    mailbox.add(message(2))
    mailbox.acknowledge("message", "1")
    assert [node.text("id") for node in mailbox] == ["2"]


def test_class_and_id_have_to_match(mailbox):
    mailbox.add(message(1))
    mailbox.acknowledge("receipt", "1")
    mailbox.acknowledge("message", "2")
    assert len(mailbox) == 1


def test_two_receipts_for_one_message_are_acknowledged_one_by_one(mailbox):
    for kind in ("", "read"):
        mailbox.add(Node("receipt", {"id": "1", "type": kind}))
    mailbox.acknowledge("receipt", "1")
    assert [node.text("type") for node in mailbox] == ["read"]


def test_typing_is_not_kept(mailbox):
    assert not mailbox.add(Node("chatstate"))
    assert len(mailbox) == 0


def test_it_survives_a_restart(tmp_path):
    storage = Storage(tmp_path)
    mailbox = Mailbox(storage, "mail")
    for number in range(12):
        mailbox.add(message(number))
    mailbox.acknowledge("message", "0")
    storage.close()
    again = Mailbox(Storage(tmp_path), "mail")
    assert list(again) == [message(number) for number in range(1, 12)]
    again.add(message(12))
    assert len(again) == 12


def test_it_counts_what_waits(mailbox):
    mailbox.add(message(1))
    mailbox.add(Node("receipt", {"id": "1"}))
    assert mailbox.counts() == {"call": 0, "message": 1, "notification": 0, "receipt": 1}
