"""Typing, presence and calls reach every device of the other side."""

from sessions_app.sandbox.phones import content
from tests.sandbox.phones.town import GROUP, Town


def test_typing_is_noticed():
    town = Town()
    device = town.link("bob")
    for state in ("composing", "recording", "paused"):
        town.carry(town["alice"].typing(town["bob"].jid, state))
    assert [n.data["state"] for n in town.notices("bob", "typing")] == ["composing", "recording", "paused"]
    assert [node.children()[0].tag for node in device.stanzas] == ["composing", "composing", "paused"]


def test_typing_in_a_group_names_the_writer():
    town = Town("alice", "bob", "carol")
    town.group("alice", "bob", "carol")
    town.carry(town["alice"].typing(GROUP, "composing"))
    assert [n.sender for n in town.notices("carol", "typing")] == [town["alice"].lid]


def test_presence_reaches_the_watchers():
    town = Town()
    town.carry(town["alice"].presence([town["bob"].jid], available=True))
    town.carry(town["alice"].presence([town["bob"].lid], available=False, last_seen=1700000000))
    assert [n.data for n in town.notices("bob", "presence")] == [
        {"available": True},
        {"available": False, "last": "1700000000"},
    ]


def test_a_call_rings_and_stops():
    town = Town()
    town.carry(town["alice"].call(town["bob"].jid, "CALL1"))
    town.carry(town["alice"].hang_up(town["bob"].jid, "CALL1"))
    assert [n.data for n in town.notices("bob", "call")] == [
        {"event": "offer", "call_id": "CALL1"},
        {"event": "terminate", "call_id": "CALL1"},
    ]


def test_own_devices_learn_that_the_phone_has_read():
    town = Town()
    device = town.link("bob")
    town.carry(town["alice"].send(town["bob"].lid, content.text("x"), message_id="A1").outgoing)
    device.stanzas.clear()
    town.carry(town["bob"].read([message for _, message in town.received]))
    [receipt] = device.stanzas
    assert (receipt.text("type"), receipt.text("id")) == ("read-self", "A1")
    assert (receipt.jid("from"), receipt.jid("recipient")) == (town["bob"].lid, town["alice"].lid)
