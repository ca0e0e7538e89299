"""WhatsApp addresses as text."""

import pytest

from sessions_app.sandbox.wire.jid import JID


@pytest.mark.parametrize(
    ("text", "jid"),
    [
        ("628123@s.whatsapp.net", JID("628123", "s.whatsapp.net")),
        ("628123:3@s.whatsapp.net", JID("628123", "s.whatsapp.net", 3)),
        ("1203@g.us", JID("1203", "g.us")),
        ("s.whatsapp.net", JID("", "s.whatsapp.net")),
    ],
)
def test_it_reads_and_writes(text, jid):
    assert JID.parse(text) == jid
    assert str(jid) == text


def test_a_device_can_be_taken_off():
    assert JID("1", "lid", 2).bare() == JID("1", "lid")
    assert JID("1", "lid").bare() == JID("1", "lid")
