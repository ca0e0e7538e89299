"""Group messages: one ciphertext for everyone who has the sender key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.sandbox.crypto.signal.errors import DuplicateMessageError, InvalidMessageError, NoSessionError
from sessions_app.sandbox.crypto.signal.sender_keys import SenderKey, SenderKeyRecord


def receiver(key):
    record = SenderKeyRecord()
    record.add(key.distribution())
    return record


@given(order=st.permutations(range(8)))
def test_it_reads_messages_in_any_order(order):
    key = SenderKey.generate()
    record = receiver(key)
    messages = [key.encrypt(b"%d" % number) for number in range(8)]
    for number in order:
        record = SenderKeyRecord.load(record.dump())
        assert record.decrypt(messages[number]) == b"%d" % number
        with pytest.raises(DuplicateMessageError):
            record.decrypt(messages[number])


def test_a_late_member_cannot_read_what_was_written_before():
    key = SenderKey.generate()
    early = key.encrypt(b"early")
    record = receiver(key)
    assert record.decrypt(key.encrypt(b"now")) == b"now"
    with pytest.raises(DuplicateMessageError):
        record.decrypt(early)


def test_a_repeated_distribution_does_not_rewind():
    key = SenderKey.generate()
    record = receiver(key)
    distribution, message = key.distribution(), key.encrypt(b"x")
    record.decrypt(message)
    record.add(distribution)
    with pytest.raises(DuplicateMessageError):
        record.decrypt(message)


def test_it_needs_the_key_and_the_signature():
    key = SenderKey.generate()
    message = key.encrypt(b"x")
    with pytest.raises(NoSessionError):
        receiver(SenderKey.generate()).decrypt(message)
    record = SenderKeyRecord()
    record.add(key.distribution())
    with pytest.raises(InvalidMessageError):
        record.decrypt(message[:-1] + bytes([message[-1] ^ 1]))


def test_a_new_key_replaces_the_old_one_but_both_can_be_read():
    old, new = SenderKey.generate(), SenderKey.generate()
    record = receiver(old)
    late = old.encrypt(b"late")
    record.add(new.distribution())
    assert record.decrypt(new.encrypt(b"new")) == b"new"
    assert record.decrypt(late) == b"late"


def test_the_owner_can_be_saved():
    key = SenderKey.generate()
    record = receiver(key)
    assert record.decrypt(SenderKey.load(key.dump()).encrypt(b"x")) == b"x"
