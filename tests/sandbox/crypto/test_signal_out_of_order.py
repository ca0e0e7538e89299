"""Whatever order messages arrive in, and with restarts in between, each can be read exactly once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.sandbox.crypto.signal.chains import MAX_JUMP, Chain, take_seed
from sessions_app.sandbox.crypto.signal.errors import DuplicateMessageError, InvalidMessageError
from tests.sandbox.crypto.peers import talking

STEPS = st.lists(
    st.tuples(st.sampled_from(["alice", "bob"]), st.sampled_from(["write", "read", "restart"])), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, data=st.data())
def test_it_reads_every_message_in_any_order(steps, data):
    alice, bob = talking()
    peers = {"alice": alice, "bob": bob}
    way: dict[str, list[tuple[bytes, tuple[str, bytes]]]] = {"alice": [], "bob": []}
    written = 0
    for who, what in steps:
        other = "bob" if who == "alice" else "alice"
        if what == "write":
            written += 1
            text = b"message %d" % written
            way[other].append((text, peers[who].encrypt(text)))
        elif what == "restart":
            peers[who].restart()
        elif way[who]:
            text, message = way[who].pop(data.draw(st.integers(0, len(way[who]) - 1)))
            assert peers[who].decrypt(message) == text
    # Everything still under way arrives in the end, as long as it is not older than the chains that are kept.
    for who, rest in way.items():
        for text, message in rest[-3:]:
            assert peers[who].decrypt(message) == text


def test_it_refuses_to_jump_too_far():
    with pytest.raises(InvalidMessageError):
        take_seed(Chain(bytes(32)), {}, MAX_JUMP + 1)


def test_it_forgets_the_oldest_skipped_messages():
    _, chain, skipped = take_seed(Chain(bytes(32)), {}, MAX_JUMP)
    _, chain, skipped = take_seed(chain, skipped, MAX_JUMP + 11)
    assert min(skipped) == 10
    with pytest.raises(DuplicateMessageError):
        take_seed(chain, skipped, 3)
