"""One WhatsApp account of the sandbox: its phone, its linked devices, what its phone saw."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.phones.phone import Phone
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.journal import Journal
from sessions_app.sandbox.server.mailbox import Mailbox
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.jid import JID

SCOPE = "accounts"
AUTO_RECEIPTS = ("none", "delivered", "read")


@dataclass(slots=True)
class Settings:
    """How the phone behaves by itself."""

    online: bool = True
    auto_receipt: str = "delivered"
    echo: bool = False
    group_add: bool = True  # whether others may add it to groups
    last_device: int = 0
    past_chats: int = 0
    past_messages: int = 0


@dataclass(eq=False)
class Account:
    """`devices` holds the linked ones; the phone is device 0."""

    phone: Phone
    storage: Storage
    settings: Settings = field(default_factory=Settings)
    devices: dict[int, Device] = field(default_factory=dict)
    watchers: set[JID] = field(default_factory=set)

    def __post_init__(self) -> None:
        key = self.lid.user
        self.inbox = Journal(self.storage, f"inbox:{key}").load()
        self.notices = Journal(self.storage, f"notices:{key}").load()
        self.mail = Mailbox(self.storage, f"mail:{key}:0")

    @property
    def number(self) -> str:
        """The phone number, digits only."""
        return self.phone.number

    @property
    def name(self) -> str:
        """The push name."""
        return self.phone.name

    @property
    def jid(self) -> JID:
        """`number@s.whatsapp.net`"""
        return self.phone.jid

    @property
    def lid(self) -> JID:
        """`lid@lid`"""
        return self.phone.lid

    def address(self, server: str, device: int = 0) -> JID:
        """The account's JID on one of its two servers."""
        base = self.lid if server == self.lid.server else self.jid
        return base.with_device(device)

    def scopes(self) -> list[str]:
        """Every storage scope that belongs to this account."""
        key = self.lid.user
        numbers = range(self.settings.last_device + 1)
        scopes = [f"inbox:{key}", f"notices:{key}", f"phone:{key}", f"devices:{key}"]
        return scopes + [f"mail:{key}:{number}" for number in numbers]

    def to_blob(self) -> bytes:
        """The settings, for the storage."""
        return bytes(msgpack.packb(asdict(self.settings)))

    def save(self) -> None:
        """Settings changed."""
        self.storage.put(SCOPE, self.lid.user, self.to_blob())

    def save_device(self, device: Device) -> None:
        """A device was added or changed."""
        self.storage.put(f"devices:{self.lid.user}", str(device.number), device.to_blob())

    def forget_device(self, device: Device) -> None:
        """A device was removed, with everything that waited for it."""
        device.removed = True
        self.devices.pop(device.number, None)
        device.mailbox.pop_all()
        self.storage.put(f"devices:{self.lid.user}", str(device.number), None)

    def as_json(self) -> dict[str, Any]:
        """The account as the control API shows it."""
        return {
            "phone": self.number,
            "name": self.name,
            "jid": str(self.jid),
            "lid": str(self.lid),
            "online": self.settings.online,
            "auto_receipt": self.settings.auto_receipt,
            "echo": self.settings.echo,
            "group_add": self.settings.group_add,
            "queued": len(self.mail),
            "devices": [device.as_json() for device in self.devices.values()],
        }
