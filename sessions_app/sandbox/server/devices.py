"""A linked device: what the server knows of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgpack

from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.server.mailbox import Mailbox
from sessions_app.sandbox.wire.jid import JID

if TYPE_CHECKING:
    from sessions_app.sandbox.server.connection import Connection

LOW_PREKEYS = 5
REMEMBERED_IDS = 2000


@dataclass(slots=True)
class SignedKey:
    """A device's signed prekey, as it uploaded it."""

    id: int
    public: bytes
    signature: bytes


@dataclass(slots=True, eq=False)
class Device:
    """One linked device; `connection` is set while it is connected, `active` once it wants stanzas."""

    jid: JID
    lid: JID
    noise: bytes
    identity: bytes
    registration_id: int
    platform: str
    mailbox: Mailbox
    linked_at: int = field(default_factory=lambda: int(time.time()))
    greeted: bool = False
    signed: SignedKey | None = None
    prekeys: dict[int, bytes] = field(default_factory=dict)
    connection: Connection | None = None
    active: bool = False
    available: bool = False
    removed: bool = False
    seen_ids: dict[str, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """1, 2, 3, … ; the phone itself is 0."""
        return self.jid.device

    def bundle(self) -> PreKeyBundle | None:
        """Keys for a new session; takes a one-time prekey while there are some."""
        if self.signed is None:
            return None
        key_id = next(iter(self.prekeys), None)
        prekey = self.prekeys.pop(key_id) if key_id is not None else None
        return PreKeyBundle(
            self.registration_id,
            self.identity,
            self.signed.id,
            self.signed.public,
            self.signed.signature,
            key_id,
            prekey,
        )

    def first_sight(self, message_id: str, now: int) -> bool:
        """Remember a message id; False when it has been seen before."""
        if message_id in self.seen_ids:
            return False
        self.seen_ids[message_id] = now
        if len(self.seen_ids) > REMEMBERED_IDS:
            del self.seen_ids[next(iter(self.seen_ids))]
        return True

    def to_blob(self) -> bytes:
        """What is kept over a restart."""
        signed = self.signed and (self.signed.id, self.signed.public, self.signed.signature)
        fields = {
            "jid": str(self.jid),
            "lid": str(self.lid),
            "noise": self.noise,
            "identity": self.identity,
            "registration_id": self.registration_id,
            "platform": self.platform,
            "linked_at": self.linked_at,
            "greeted": self.greeted,
            "signed": signed,
            "prekeys": list(self.prekeys.items()),
        }
        return bytes(msgpack.packb(fields))

    @classmethod
    def from_blob(cls, blob: bytes, mailbox: Mailbox) -> Device:
        """The device that was stored."""
        fields: dict[str, Any] = msgpack.unpackb(blob)
        return cls(
            jid=JID.parse(fields["jid"]),
            lid=JID.parse(fields["lid"]),
            noise=fields["noise"],
            identity=fields["identity"],
            registration_id=fields["registration_id"],
            platform=fields["platform"],
            mailbox=mailbox,
            linked_at=fields["linked_at"],
            greeted=fields["greeted"],
            signed=SignedKey(*fields["signed"]) if fields["signed"] else None,
            prekeys=dict(fields["prekeys"]),
        )

    def as_json(self) -> dict[str, Any]:
        """The device as the control API shows it."""
        return {
            "device": self.number,
            "jid": str(self.jid),
            "lid": str(self.lid),
            "online": self.active,
            "connected": self.connection is not None,
            "platform": self.platform,
            "linked_at": self.linked_at,
            "queued": len(self.mailbox),
            "prekeys": len(self.prekeys),
        }
