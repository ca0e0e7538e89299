"""A directory with phones and linked devices in memory, and stanzas carried between them at once."""

from __future__ import annotations

import base64
import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sessions_app.sandbox.crypto import adv
from sessions_app.sandbox.crypto.signal.keys import PreKeyBundle
from sessions_app.sandbox.phones.blobs import Blobs
from sessions_app.sandbox.phones.keys import OwnKeys
from sessions_app.sandbox.phones.phone import Phone
from sessions_app.sandbox.phones.results import Noticed, Outgoing, Received
from sessions_app.sandbox.phones.sessions import Sessions
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node, decode, encode

GROUP = JID("120363000000000001", "g.us")


@dataclass
class Device:
    """A linked device: the client's side, as far as phones can see it."""

    lid: JID
    phone: Phone
    adv_secret: bytes = field(default_factory=lambda: os.urandom(32))
    blobs: Blobs = field(default_factory=Blobs)
    stanzas: list[Node] = field(default_factory=list)
    signed: bytes = b""

    def __post_init__(self) -> None:
        self.keys = OwnKeys(self.blobs)
        self.sessions = Sessions(self.blobs, self.keys)

    def qr(self) -> str:
        keys = (os.urandom(32), self.keys.identity.public, self.adv_secret)
        return (
            "https://wa.me/settings/linked_devices#REF," + ",".join(base64.b64encode(k).decode() for k in keys) + ",1"
        )

    def link(self) -> None:
        offer = self.phone.link(self.qr(), self.lid.device)
        self.signed = adv.open_offer(offer.box, self.adv_secret)
        self.phone.device_linked(self.lid.device, adv.sign_as_device(self.keys.identity, self.signed))

    def read(self, stanza: Node) -> list[Any]:
        """Decrypt a stanza for this device."""
        chat = stanza.jid("from")
        sender = stanza.jid("participant") or chat
        assert chat is not None and sender is not None
        messages = []
        for enc in stanza.children("enc"):
            if enc.text("type") == "skmsg":
                plaintext = self.sessions.decrypt_group(chat, sender, enc.data())
            else:
                plaintext = self.sessions.decrypt(sender, enc.text("type"), enc.data())
            message = e2e.Message.FromString(plaintext)
            part = message.senderKeyDistributionMessage
            if message.HasField("senderKeyDistributionMessage"):
                group = JID.parse(part.groupID)
                self.sessions.add_distribution(group, sender, part.axolotlSenderKeyDistributionMessage)
            messages.append(message)
        return messages

    def messages(self) -> list[Any]:
        """Everything received since the last call, decrypted."""
        stanzas, self.stanzas = [node for node in self.stanzas if node.tag == "message"], []
        return [message for stanza in stanzas for message in self.read(stanza)]

    def write(self, town: Town, to: JID, message: Any, message_id: str, **extra: str | JID) -> Node:
        """A stanza for one other device, as the server forwards it."""
        if not self.sessions.has(to):
            bundle = town.bundle(to)
            assert bundle is not None
            self.sessions.open(to, bundle)
        kind, data = self.sessions.encrypt(to, message.SerializeToString())
        attributes: dict[str, str | JID] = {
            "from": self.lid,
            "id": message_id,
            "t": "1700000000",
            "type": "text",
            **extra,
        }
        return Node("message", attributes, [Node("enc", {"v": "2", "type": kind}, data)])


class Town:
    """Alice and Bob have phones, and whoever else is added. `carry` delivers until nobody has anything to say."""

    def __init__(self, *names: str) -> None:
        self.phones: dict[str, Phone] = {}
        self.linked: dict[JID, Device] = {}
        self.groups: dict[JID, list[JID]] = {}
        self.received: list[tuple[str, Received]] = []
        self.noticed: list[tuple[str, Noticed]] = []
        self.lose: Callable[[Outgoing], bool] = lambda stanza: False
        for number, name in enumerate(names or ("alice", "bob")):
            self.add(name, f"99900000000{number}", f"20000000000{number}")

    def add(self, name: str, number: str, lid: str) -> Phone:
        self.phones[lid] = Phone.create(number=number, lid=lid, name=name, directory=self)
        return self.phones[lid]

    def __getitem__(self, name: str) -> Phone:
        return next(phone for phone in self.phones.values() if phone.name == name)

    def link(self, name: str, number: int = 1) -> Device:
        phone = self[name]
        device = Device(phone.lid.with_device(number), phone)
        device.link()
        self.linked[device.lid] = device
        return device

    def group(self, *names: str) -> JID:
        self.groups[GROUP] = [self[name].lid for name in names]
        return GROUP

    def carry(self, stanzas: Iterable[Outgoing]) -> None:
        """Deliver, through the wire format."""
        queue = deque(stanzas)
        while queue:
            item = queue.popleft()
            if self.lose(item):
                continue
            node = decode(encode(item.node))
            if item.to.device:
                self.linked[item.to].stanzas.append(node)
                continue
            phone = self.phones[item.to.user]
            batch = phone.receive(node)
            self.received += [(phone.name, message) for message in batch.messages]
            self.noticed += [(phone.name, noticed) for noticed in batch.noticed]
            queue.extend(batch.outgoing)

    def texts(self, name: str) -> list[str]:
        return [message.text for who, message in self.received if who == name]

    def notices(self, name: str, kind: str) -> list[Noticed]:
        return [noticed for who, noticed in self.noticed if who == name and noticed.kind == kind]

    def restart(self, name: str, saved: dict[str, bytes]) -> None:
        """Save what changed and load the phone again."""
        phone = self[name]
        for key, blob in phone.changes().items():
            if blob is None:
                saved.pop(key, None)
            else:
                saved[key] = blob
        self.phones[phone.lid.user] = Phone.restore(saved, self)

    # -- Directory ----------------------------------------------------------------------------------------------
    def devices(self, account: JID) -> list[JID]:
        phone = self._find(account)
        if phone is None:
            return []
        return [phone.lid, *(lid for lid in self.linked if lid.user == phone.lid.user)]

    def bundle(self, device: JID) -> PreKeyBundle | None:
        if device.device:
            return self.linked[device].keys.bundle()
        phone = self._find(device)
        return phone.key_bundle() if phone else None

    def lid(self, jid: JID) -> JID | None:
        phone = self._find(jid)
        return phone.lid if phone else None

    def phone_number(self, jid: JID) -> JID | None:
        phone = self._find(jid)
        return phone.jid if phone else None

    def participants(self, group: JID) -> list[JID]:
        return self.groups.get(group, [])

    def _find(self, jid: JID) -> Phone | None:
        return next((p for p in self.phones.values() if jid.bare() in {p.lid, p.jid}), None)
