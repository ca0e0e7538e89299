"""From an entry of the log to the message that a phone shows."""

from __future__ import annotations

from dataclasses import replace

from sessions_app.sandbox.phones import polls
from sessions_app.sandbox.phones.core import Core
from sessions_app.sandbox.phones.log import Entry
from sessions_app.sandbox.phones.reading import Reading, read
from sessions_app.sandbox.phones.results import Received
from sessions_app.sandbox.wire.jid import JID


def received(core: Core, entry: Entry) -> Received:
    """A message with what the phone knows of its writer."""
    sender, reading = JID.parse(entry.sender), read(entry.parsed())
    if reading.kind == "poll_vote":
        reading = replace(reading, text=", ".join(polls.chosen(core, entry)))
    return Received(
        n=entry.n,
        id=entry.id,
        chat=JID.parse(entry.chat),
        sender=sender,
        sender_phone=core.directory.phone_number(sender.bare()),
        from_me=core.is_own(sender),
        timestamp=entry.timestamp,
        push_name=entry.push_name,
        raw=entry.message,
        **{name: getattr(reading, name) for name in Reading.__slots__},
    )
