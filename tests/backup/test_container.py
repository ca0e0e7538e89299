"""What cannot be read to its end says so; nothing of it is readable without the key."""

import io

import pytest

from whatsapp_api.backup.container import RECORD, Damaged, Reader, Writer

NAME = "20260101T000000000000Z/database.enc"


def sealed(plain: bytes, name: str = NAME) -> bytes:
    target = io.BytesIO()
    with Writer(target, name) as writer:
        writer.write(plain)
    return target.getvalue()


@pytest.mark.parametrize("size", [0, 1, RECORD - 1, RECORD, RECORD + 1, 3 * RECORD])
def test_it_comes_back_as_it_was(size: int) -> None:
    plain = bytes(range(256)) * (size // 256 + 1)
    plain = plain[:size]

    assert Reader(io.BytesIO(sealed(plain)), NAME).read() == plain


def test_it_is_read_in_any_portions() -> None:
    reader = Reader(io.BytesIO(sealed(b"abcdef")), NAME)

    assert [reader.read(4), reader.read(4), reader.read(4)] == [b"abcd", b"ef", b""]


def test_nothing_of_it_is_in_clear() -> None:
    assert b"credential" not in sealed(b"credential" * 100)


def _cut(data: bytes) -> bytes:
    return data[:-40]


def _without_the_end(data: bytes) -> bytes:
    """A whole number of records, the last one missing."""
    head = data.index(b"\n") + 1
    return data[: head + 4 + RECORD + 16]


def _flipped(data: bytes) -> bytes:
    return data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]


@pytest.mark.parametrize("harm", [_cut, _without_the_end, _flipped, lambda _: b"", lambda _: b"{}\n"])
def test_harm_is_noticed(harm) -> None:
    data = sealed(b"x" * (RECORD + 100))

    with pytest.raises(Damaged):
        Reader(io.BytesIO(harm(data)), NAME).read()


def test_a_part_of_another_backup_does_not_pass() -> None:
    with pytest.raises(Damaged):
        Reader(io.BytesIO(sealed(b"x")), "20260202T000000000000Z/database.enc").read()


def test_one_that_was_given_up_does_not_pass_for_whole() -> None:
    target = io.BytesIO()
    with pytest.raises(ZeroDivisionError), Writer(target, NAME) as writer:
        writer.write(b"x" * 3 * RECORD)
        raise ZeroDivisionError

    with pytest.raises(Damaged):
        Reader(io.BytesIO(target.getvalue()), NAME).read()
