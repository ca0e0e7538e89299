"""What a phone hands back: stanzas to deliver, messages it has read, things it has noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One stanza for one device, in the form in which the device sees it. Device 0 is an account's phone."""

    to: JID
    node: Node


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """What `pair-success` needs: the signed box and both JIDs of the new device."""

    ref: str
    box: bytes
    jid: JID
    lid: JID


@dataclass(frozen=True, slots=True)
class Media:
    """A file inside a message: enough to download and decrypt it."""

    type: str
    mimetype: str
    direct_path: str
    key: bytes = field(repr=False)
    sha256: bytes = b""
    encrypted_sha256: bytes = b""
    size: int = 0
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as the phone shows it."""

    n: int
    id: str
    chat: JID
    sender: JID
    sender_phone: JID | None
    from_me: bool
    kind: str
    timestamp: int
    text: str = ""
    caption: str = ""
    media: Media | None = None
    quoted_id: str = ""
    target_id: str = ""
    push_name: str = ""
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Noticed:
    """Anything but a message: receipt, retry, undecryptable, typing, presence, call, app_state."""

    kind: str
    sender: JID
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the phone wrote: its id and one stanza per device."""

    id: str
    timestamp: int
    outgoing: list[Outgoing]


@dataclass(slots=True)
class Batch:
    """Everything that came of one received stanza."""

    messages: list[Received] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
