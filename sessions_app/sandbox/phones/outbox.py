"""Writing messages: one stanza for every device that must get it (WhatsApp multi-device protocol, "client fanout")."""

from __future__ import annotations

import os
from typing import Any

from sessions_app.sandbox.phones.core import Core, is_shared, new_id
from sessions_app.sandbox.phones.log import Entry
from sessions_app.sandbox.phones.reading import Reading, read, stanza_attributes
from sessions_app.sandbox.phones.results import Outgoing, Sent
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

PEER = "peer"
_WITHOUT_SECRET = frozenset({"reaction", "edit", "revoke", "poll_vote", "protocol"})


class UnknownRecipientError(LookupError):
    """Nobody has this number, or this phone is not in the group."""


class Outbox:
    """Encrypts what the phone writes and builds the stanzas in the form in which each device sees them."""

    __slots__ = ("_core",)

    def __init__(self, core: Core) -> None:
        self._core = core

    def send(self, chat: JID, message: Any, message_id: str | None = None) -> Sent:
        """To everyone in the chat, and a copy to the own linked devices."""
        core = self._core
        chat = core.as_lid(chat.bare())
        reading = read(message)
        if reading.kind not in _WITHOUT_SECRET and not message.messageContextInfo.messageSecret:
            message.messageContextInfo.messageSecret = os.urandom(32)
        entry = self._remember(chat, message, message_id)
        parcels = self._group(entry, message) if is_shared(chat) else self._direct(entry, message)
        attributes, enc_attributes = stanza_attributes(reading)
        outgoing = [
            Outgoing(device, self._stanza(entry, device, attributes, _with(encs, enc_attributes)))
            for device, encs in parcels
        ]
        return Sent(entry.id, entry.timestamp, outgoing)

    def send_peer(self, device: JID, message: Any) -> list[Outgoing]:
        """From the phone to one of its own linked devices, not part of any chat."""
        entry = self._remember(self._core.lid, message, None, PEER)
        return self._one(entry, device, message.SerializeToString(), Reading("protocol"), {})

    def resend(self, entry: Entry, device: JID, count: int) -> list[Outgoing]:
        """A message again, for a device that could not decrypt it."""
        message = entry.parsed()
        plaintext = self._for_device(entry, message, device)
        chat = JID.parse(entry.chat)
        if is_shared(chat):
            again = e2e.Message.FromString(plaintext)
            distribution, _ = self._core.sessions.own_distribution(chat, self._core.group_devices(chat))
            again.senderKeyDistributionMessage.CopyFrom(_distribution(chat, distribution))
            plaintext = again.SerializeToString()
        return self._one(entry, device, plaintext, read(message), {"count": str(count)})

    def _one(
        self, entry: Entry, device: JID, plaintext: bytes, reading: Reading, extra: dict[str, str]
    ) -> list[Outgoing]:
        enc = self._encrypt(device, plaintext)
        if enc is None:
            return []
        attributes, enc_attributes = stanza_attributes(reading)
        encs = _with([enc], enc_attributes | extra)
        return [Outgoing(device, self._stanza(entry, device, attributes, encs))]

    def _remember(self, chat: JID, message: Any, message_id: str | None, category: str = "") -> Entry:
        core = self._core
        message_id = message_id or new_id()
        return core.log.add(
            id=message_id,
            chat=chat,
            sender=core.lid,
            timestamp=core.now(),
            message=message.SerializeToString(),
            category=category,
        )

    # -- who gets what ------------------------------------------------------------------------------------------
    def _direct(self, entry: Entry, message: Any) -> list[tuple[JID, list[Node]]]:
        core, chat = self._core, JID.parse(entry.chat)
        theirs = [] if core.is_own(chat) else core.devices(chat)
        if not theirs and not core.is_own(chat):
            raise UnknownRecipientError(f"no account has {chat}")
        parcels = []
        for device in [*theirs, *core.devices(core.lid)]:
            enc = self._encrypt(device, self._for_device(entry, message, device))
            if enc is not None:
                parcels.append((device, [enc]))
        return parcels

    def _group(self, entry: Entry, message: Any) -> list[tuple[JID, list[Node]]]:
        core, group = self._core, JID.parse(entry.chat)
        if core.lid not in core.members(group):
            raise UnknownRecipientError(f"this phone is not in {group}")
        devices = core.group_devices(group)
        distribution, missing = core.sessions.own_distribution(group, devices)
        carrier = e2e.Message(senderKeyDistributionMessage=_distribution(group, distribution)).SerializeToString()
        keys = {device: enc for device in missing if (enc := self._encrypt(device, carrier)) is not None}
        core.sessions.mark_distributed(group, list(keys))
        ciphertext = core.sessions.encrypt_group(group, message.SerializeToString())
        enc = Node("enc", {"v": "2", "type": "skmsg"}, ciphertext)
        return [(device, [keys[device], enc] if device in keys else [enc]) for device in devices]

    def _for_device(self, entry: Entry, message: Any, device: JID) -> bytes:
        """The plaintext: own devices get a copy that says which chat it was written in."""
        chat = JID.parse(entry.chat)
        if entry.category == PEER or is_shared(chat) or not self._core.is_own(device):
            return bytes(message.SerializeToString())
        copy = e2e.Message(deviceSentMessage=e2e.DeviceSentMessage(destinationJID=entry.chat, message=message))
        copy.messageContextInfo.CopyFrom(message.messageContextInfo)
        return bytes(copy.SerializeToString())

    def _encrypt(self, device: JID, plaintext: bytes) -> Node | None:
        """The `<enc>` for a device; None for one that has no keys yet."""
        core = self._core
        if not core.sessions.has(device):
            bundle = core.directory.bundle(device)
            if bundle is None:
                return None
            core.sessions.open(device, bundle)
        kind, data = core.sessions.encrypt(device, plaintext)
        return Node("enc", {"v": "2", "type": kind}, data)

    # -- stanzas ------------------------------------------------------------------------------------------------
    def _stanza(self, entry: Entry, device: JID, extra: dict[str, str], encs: list[Node]) -> Node:
        core, chat = self._core, JID.parse(entry.chat)
        attributes: dict[str, str | JID] = {"addressing_mode": "lid", "id": entry.id, "t": str(entry.timestamp)}
        if is_shared(chat):
            attributes |= {"from": chat, "participant": core.lid, "participant_pn": core.jid}
        else:
            attributes |= {"from": core.lid, "sender_pn": core.jid}
        if entry.category == PEER:
            attributes |= {"category": PEER, "peer_recipient_pn": core.jid}
        elif core.is_own(device) and not is_shared(chat):
            attributes |= {"recipient": chat, "peer_recipient_pn": core.directory.phone_number(chat) or ""}
        return Node("message", {**attributes, "notify": core.profile.name, **extra}, encs)


def _distribution(group: JID, distribution: bytes) -> Any:
    return e2e.SenderKeyDistributionMessage(groupID=str(group), axolotlSenderKeyDistributionMessage=distribution)


def _with(encs: list[Node], attributes: dict[str, str]) -> list[Node]:
    """The `<enc>`s with attributes about their content, which key distribution does not have."""
    content = encs[-1]
    return [*encs[:-1], Node("enc", {**content.attrs, **attributes}, content.content)]
