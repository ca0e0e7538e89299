"""Whatever arrives, a phone does not fall over: it notices that it could not read it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.node import Node
from tests.sandbox.phones.town import GROUP, Town

TAGS = st.sampled_from(["message", "receipt", "chatstate", "presence", "call", "notification", "other"])
KEYS = st.sampled_from(["from", "participant", "recipient", "id", "t", "type", "category", "v", "count"])
VALUES = st.sampled_from(["", "1", "x", "retry", "peer", "pkmsg", "msg", "skmsg", "a:b@lid", "1@lid", str(GROUP), "²"])
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=6)
LEAVES = st.builds(
    Node, st.sampled_from(["enc", "retry", "keys", "device-identity"]), ATTRIBUTES, st.binary(max_size=80)
)
STANZAS = st.builds(Node, TAGS, ATTRIBUTES, st.lists(LEAVES, max_size=3))


@settings(max_examples=200, deadline=None)
@given(stanza=STANZAS)
def test_it_survives_any_stanza(stanza):
    Town()["alice"].receive(stanza)


@settings(max_examples=200, deadline=None)
@given(
    in_group=st.booleans(),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 255)), max_size=3),
    kept=st.sampled_from([1000, 90, 10, 1]),
)
def test_it_survives_changed_ciphertexts(in_group, changes, kept):
    town = Town("alice", "bob")
    chat = town.group("alice", "bob") if in_group else town["bob"].lid
    [item] = town["alice"].send(chat, content.text("x")).outgoing
    for enc in item.node.children("enc"):
        ciphertext = bytearray(enc.data()[:kept])
        for position, change in changes:
            ciphertext[position % len(ciphertext)] ^= change
        enc.content = bytes(ciphertext)
    town["bob"].receive(item.node)


@settings(max_examples=100, deadline=None)
@given(plaintext=st.binary(max_size=60))
def test_it_survives_any_plaintext(plaintext):
    town = Town()
    device = town.link("bob")
    to = town["alice"].lid
    device.sessions.open(to, town["alice"].key_bundle())
    kind, ciphertext = device.sessions.encrypt(to, plaintext)
    enc = Node("enc", {"v": "2", "type": kind}, ciphertext)
    town["alice"].receive(Node("message", {"from": device.lid, "id": "X", "t": "1"}, [enc]))


def test_it_survives_foreign_addresses_inside_messages():
    town = Town()
    device = town.link("alice")
    for address in ("", "a:b@lid", "nobody", "1@unknown"):
        message = e2e.Message(
            deviceSentMessage=e2e.DeviceSentMessage(destinationJID=address, message=content.text("x"))
        )
        message.senderKeyDistributionMessage.groupID = address
        town["alice"].receive(device.write(town, town["alice"].lid, message, f"X{address}"))
