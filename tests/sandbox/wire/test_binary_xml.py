"""Nodes survive the way through binary XML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.sandbox.wire.decoder import DecodeError
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node, decode, encode

words = st.sampled_from(["iq", "s.whatsapp.net", "read-self", "reject", "1080"]) | st.text(min_size=1, max_size=300)
users = st.text("0123456789", min_size=1, max_size=15)
jids = (
    st.builds(JID, users, st.sampled_from(["s.whatsapp.net", "lid", "hosted"]), st.integers(0, 255))
    | st.builds(JID, users, st.just("g.us"))
    | st.just(JID("", "s.whatsapp.net"))
)
attrs = st.dictionaries(words, words | jids, max_size=5)
leaves = st.builds(Node, words, attrs, st.none() | st.binary(max_size=70000))
trees = st.recursive(leaves, lambda nodes: st.builds(Node, words, attrs, st.lists(nodes, max_size=4)), max_leaves=8)


@given(trees)
def test_a_tree_comes_back_as_it_was(node):
    assert decode(encode(node)) == node


@given(st.binary(max_size=200))
def test_garbage_is_an_error_and_nothing_else(data):
    try:
        decode(data)
    except DecodeError:
        pass


def test_long_lists_and_contents():
    node = Node("list", {}, [Node("item", {"id": str(number)}) for number in range(300)])
    assert decode(encode(node)) == node
    big = Node("enc", {}, bytes(1 << 21))
    assert decode(encode(big)) == big


def test_empty_attributes_are_left_out():
    assert decode(encode(Node("ack", {"id": "1", "error": ""}))) == Node("ack", {"id": "1"})


def test_common_words_take_one_byte():
    assert len(encode(Node("iq"))) == 3


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (bytes.fromhex("ff83123f"), ""),
        (bytes.fromhex("ff0212ab"), "12-."),
        (bytes.fromhex("ff8212af"), "12-"),
        (bytes.fromhex("fb02beef"), "BEEF"),
        (bytes.fromhex("fb82bee0"), "BEE"),
    ],
)
def test_packed_texts_are_understood(packed, text):
    if not text:
        with pytest.raises(DecodeError):
            decode(b"\xf8\x01" + packed)
    else:
        assert decode(b"\xf8\x01" + packed).tag == text


def test_foreign_jids_are_understood():
    messenger = b"\xf8\x03" + b"\xfc\x01a" + b"\xfc\x01b" + b"\xf6\xfc\x0277\x00\x05" + b"\xfc\x04msgr"
    assert decode(messenger).attrs["b"] == JID("77", "msgr", 5)


def test_it_does_not_follow_an_endless_nesting():
    with pytest.raises(DecodeError):
        decode(b"\xf8\x02\xfc\x01a\xf8\x01" * 2000)
