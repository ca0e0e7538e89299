"""A phone that was saved and loaded goes on as if nothing had happened."""

from sessions_app.sandbox.phones import content
from tests.sandbox.phones.town import GROUP, Town


def test_it_goes_on_after_every_message():
    town = Town()
    town.group("alice", "bob")
    saved: dict[str, dict[str, bytes]] = {"alice": {}, "bob": {}}
    for number in range(6):
        for name, blobs in saved.items():
            town.restart(name, blobs)
        writer, reader = ("alice", "bob") if number % 2 else ("bob", "alice")
        chat = GROUP if number > 3 else town[reader].lid
        town.carry(town[writer].send(chat, content.text(str(number))).outgoing)
        assert town.texts(reader)[-1] == str(number)
    assert not town.notices("alice", "undecryptable") + town.notices("bob", "undecryptable")


def test_it_remembers_who_it_is():
    town = Town()
    device = town.link("alice")
    saved: dict[str, bytes] = {}
    before = town["alice"]
    before.set_name("Alice B.")
    town.restart("Alice B.", saved)
    after = town["Alice B."]
    assert (after.number, after.lid, after.identity) == (before.number, before.lid, before.identity)
    assert after.linked == {1: device.keys.identity.public}
    assert after.app_state_patches("critical_block", 0) == before.app_state_patches("critical_block", 0)


def test_a_message_seen_before_the_restart_is_not_shown_again():
    town = Town()
    saved: dict[str, bytes] = {}
    device = town.link("bob")
    town["alice"].receive(device.write(town, town["alice"].lid, content.text("x"), "W1"))
    town.restart("alice", saved)
    again = town["alice"].receive(device.write(town, town["alice"].lid, content.text("x"), "W1"))
    assert again.messages == []
    assert [item.node.tag for item in again.outgoing] == ["receipt", "receipt"]


def test_a_message_costs_little_to_save():
    town = Town()
    for _ in range(3):
        town.carry(town["alice"].send(town["bob"].lid, content.text("x")).outgoing)
        town.carry(town["bob"].send(town["alice"].lid, content.text("x")).outgoing)
    town["alice"].changes()
    town.carry(town["alice"].send(town["bob"].lid, content.text("x")).outgoing)
    changes = town["alice"].changes()
    assert sum(len(key) + len(blob or b"") for key, blob in changes.items()) < 2000
    assert town["alice"].changes() == {}
