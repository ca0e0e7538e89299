"""The dictionaries are read out of the installed client."""

import pytest

from sessions_app.sandbox.wire.elf import Elf
from sessions_app.sandbox.wire.tokens import load_tokens


def test_they_are_complete():
    tokens = load_tokens()
    assert len(tokens.single) == 236
    assert [len(page) for page in tokens.double] == [256] * 4
    assert tokens.single[1:4] == ("xmlstreamstart", "xmlstreamend", "s.whatsapp.net")
    assert {"message", "receipt", "participants", "enc", "pkmsg"} <= set(tokens.single) | {
        word for page in tokens.double for word in page
    }


def test_no_word_has_two_tokens():
    tokens = load_tokens()
    words = [*tokens.single[1:], *(word for page in tokens.double for word in page)]
    assert len(words) == len(set(words)) == len(tokens.encoded)


def test_another_kind_of_file_is_refused():
    with pytest.raises(ValueError, match="ELF"):
        Elf(b"MZ" + bytes(100))
