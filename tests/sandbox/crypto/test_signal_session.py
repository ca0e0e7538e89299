"""Opening a Signal session and talking over it."""

from dataclasses import replace

import pytest

from sessions_app.sandbox.crypto.signal.errors import (
    DuplicateMessageError,
    InvalidMessageError,
    NoSessionError,
    UnknownPreKeyError,
)
from sessions_app.sandbox.crypto.signal.keys import InvalidBundleError
from tests.sandbox.crypto.peers import Peer, talking


@pytest.mark.parametrize("prekey_id", [5, None])
def test_it_opens_a_session_with_or_without_a_one_time_prekey(prekey_id):
    alice, bob = Peer(), Peer()
    alice.open(bob.bundle(prekey_id))
    assert bob.decrypt(alice.encrypt(b"one")) == b"one"
    assert bob.prekeys == {}


def test_it_sends_first_messages_until_the_peer_has_answered():
    alice, bob = Peer(), Peer()
    alice.open(bob.bundle())
    first, second = alice.encrypt(b"1"), alice.encrypt(b"2")
    assert first[0] == second[0] == "pkmsg"
    assert [bob.decrypt(second), bob.decrypt(first)] == [b"2", b"1"]
    assert alice.decrypt(bob.encrypt(b"3")) == b"3"
    assert alice.encrypt(b"4")[0] == "msg"


def test_it_rejects_a_bundle_that_its_identity_did_not_sign():
    with pytest.raises(InvalidBundleError):
        Peer().open(replace(Peer().bundle(), identity=Peer().identity.public))


def test_it_rejects_a_message_twice():
    alice, bob = talking()
    message = alice.encrypt(b"once")
    bob.decrypt(message)
    with pytest.raises(DuplicateMessageError):
        bob.decrypt(message)


def test_it_rejects_a_changed_message_and_stays_as_it_was():
    alice, bob = talking()
    before = bob.record.dump()
    kind, data = alice.encrypt(b"text")
    for position in (1, len(data) // 2, len(data) - 1):
        with pytest.raises(InvalidMessageError):
            bob.decrypt((kind, data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]))
    assert bob.record.dump() == before
    assert bob.decrypt((kind, data)) == b"text"


@pytest.mark.parametrize("data", [b"", b"\x33", b"\x22" + bytes(40), b"\x33\xff\xff\xff", b"\x33" + bytes(60)])
@pytest.mark.parametrize("kind", ["msg", "pkmsg"])
def test_it_rejects_noise(kind, data):
    with pytest.raises(InvalidMessageError):
        talking()[0].decrypt((kind, data))


def test_it_has_no_session_before_the_first_message():
    alice, _bob = talking()
    with pytest.raises(NoSessionError):
        Peer().encrypt(b"x")
    with pytest.raises(NoSessionError):
        Peer().decrypt(alice.encrypt(b"x"))


def test_it_rejects_a_used_one_time_prekey():
    alice, other, bob = Peer(), Peer(), Peer()
    bundle = bob.bundle()
    alice.open(bundle)
    other.open(bundle)
    bob.decrypt(alice.encrypt(b"x"))
    with pytest.raises(UnknownPreKeyError):
        bob.decrypt(other.encrypt(b"x"))


def test_it_survives_both_sides_opening_a_session_at_once():
    alice, bob = Peer(), Peer()
    alice.open(bob.bundle())
    bob.open(alice.bundle())
    to_bob, to_alice = alice.encrypt(b"from alice"), bob.encrypt(b"from bob")
    assert bob.decrypt(to_bob) == b"from alice"
    assert alice.decrypt(to_alice) == b"from bob"
    for number in range(4):
        text = b"%d" % number
        assert bob.decrypt(alice.encrypt(text)) == text
        assert alice.decrypt(bob.encrypt(text)) == text


def test_it_still_reads_messages_of_a_session_that_was_replaced():
    alice, bob = talking()
    late = alice.encrypt(b"late")
    alice.open(bob.bundle(6))
    assert bob.decrypt(alice.encrypt(b"new session")) == b"new session"
    assert bob.decrypt(late) == b"late"
