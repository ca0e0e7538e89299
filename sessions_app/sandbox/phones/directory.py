"""What a phone asks its server: which devices an account has, their keys, who is in a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.wire.jid import JID


class Directory(Protocol):
    """The server's side of the questions that a phone asks. Answers are immediate: they come from memory."""

    def devices(self, account: JID) -> Sequence[JID]:
        """Every device of an account as LID JIDs, device 0 (the phone) included; empty for an unknown account."""
        ...

    def bundle(self, device: JID) -> PreKeyBundle | None:
        """Keys to open a Signal session with a device. Takes one of its one-time prekeys."""
        ...

    def lid(self, jid: JID) -> JID | None:
        """The account's LID JID (device 0) of a phone-number JID; a LID is its own answer."""
        ...

    def phone_number(self, jid: JID) -> JID | None:
        """The account's phone-number JID (device 0) of a LID; a phone number is its own answer."""
        ...

    def participants(self, group: JID) -> Sequence[JID]:
        """The members of a group as LID JIDs without device; empty for an unknown group."""
        ...
