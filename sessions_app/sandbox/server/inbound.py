"""Messages and receipts that linked devices send (WhatsApp multi-device protocol, "message", "receipt", "ack")."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.groups.traffic import GroupTraffic
from sessions_app.sandbox.server.newsletters.service import NewsletterService
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.statuses import StatusTraffic
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID, LID_SERVER, NEWSLETTER_SERVER, STATUS_JID
from sessions_app.sandbox.wire.node import Attr, Node

COPIED = ("edit", "category", "device_fanout", "recipient", "peer_recipient_pn")
OWN_ONLY = frozenset({"sender", "peer_msg", "hist_sync"})
"""Receipts that tell the own phone something, not the other side."""
READ = frozenset({"read", "played"})


def message_ack(node: Node, at: int, error: str = "") -> Node:
    """What a client waits for after sending a message."""
    attrs: dict[str, Attr] = {"class": "message", "id": node.text("id"), "from": node.attrs.get("to", "")}
    return Node("ack", {**attrs, "t": str(at), "error": error})


def is_resend(node: Node) -> bool:
    """An answer to a retry receipt: the same id again, encrypted anew."""
    enc = node.child("enc")
    return enc is not None and enc.text("count", "0") != "0"


def changes_post(node: Node) -> bool:
    """A change of a post in a channel goes out under the post's own id; twice the same changes nothing."""
    to = node.jid("to")
    return to is not None and to.server == NEWSLETTER_SERVER and bool(node.text("edit"))


class Inbound:
    """Turns what a device sent into what the receivers see."""

    def __init__(self, world: World, router: Router, newsletters: NewsletterService) -> None:
        self._world, self._router, self._newsletters = world, router, newsletters
        self.groups = GroupTraffic(world, router)
        self._statuses = StatusTraffic(world, router)

    # -- messages -----------------------------------------------------------------------------------------------
    def ack(self, account: Account, node: Node, at: int) -> Node:
        """The answer to a message: accepted, or why not."""
        to = node.jid("to")
        if to is not None and to.server == NEWSLETTER_SERVER:
            return message_ack(node, at, self._newsletters.refusal(account.lid.user, node))
        if to is None or to.server != GROUP_SERVER:
            return message_ack(node, at)
        ack = message_ack(node, at, self.groups.refusal(account, to))
        ack.attrs["phash"] = self.groups.hash(to) if "phash" in node.attrs else ""
        return ack

    def message(self, account: Account, device: Device, node: Node) -> None:
        """Forward a message to every device that it is encrypted for."""
        to = node.jid("to")
        if to is not None and to.server == GROUP_SERVER:
            self.groups.message(account, device, node)
        elif to is not None and to.server == NEWSLETTER_SERVER:
            self._newsletters.message(account.lid.user, node, device)
        elif to == STATUS_JID:
            self._statuses.message(account, device, node)
        elif to is not None:
            stanzas = [self._stanza(account, device, node, *part) for part in _parts(node, to)]
            self._router.deliver(stanza for stanza in stanzas if stanza is not None)

    def _stanza(self, account: Account, device: Device, node: Node, target: JID, encs: list[Node]) -> Outgoing | None:
        receiver = self._world.find(target)
        if receiver is None:
            return None
        attrs = self._attrs(account, device, node, receiver, target)
        extra = [child for child in node.children() if child.tag in ("device-identity", "meta")]
        return Outgoing(receiver.lid.with_device(target.device), Node("message", attrs, [*encs, *extra]))

    def _attrs(self, account: Account, device: Device, node: Node, receiver: Account, target: JID) -> dict[str, Attr]:
        by_lid = target.server == LID_SERVER
        attrs: dict[str, Attr] = {
            "from": account.address(target.server, device.number),
            "id": node.text("id"),
            "t": str(int(time.time())),
            "type": node.text("type", "text"),
            "addressing_mode": "lid" if by_lid else "pn",
            "sender_pn" if by_lid else "sender_lid": account.jid if by_lid else account.lid,
            "notify": account.name,
        }
        attrs.update({name: node.attrs[name] for name in COPIED if name in node.attrs})
        if receiver is account and "category" not in node.attrs:
            attrs.update(self._own_copy(node))
        elif receiver is not account:
            attrs.pop("peer_recipient_pn", None)
        return attrs

    def _own_copy(self, node: Node) -> dict[str, Attr]:
        """A message that another device of the account wrote names the chat it belongs to."""
        chat = node.jid("recipient") or node.jid("to")
        number = self._world.phone_number(chat) if chat else None
        return {"recipient": chat or "", "peer_recipient_pn": number or ""}

    # -- receipts -----------------------------------------------------------------------------------------------
    def receipt(self, account: Account, device: Device, node: Node) -> None:
        """Acknowledges what the device was sent; tells the other side."""
        for stanza_id in _receipt_ids(node):
            device.mailbox.acknowledge("message", stanza_id)
        to = node.jid("to")
        if to is not None and to.server == GROUP_SERVER:
            self.groups.receipt(account, device, node)
        elif to == STATUS_JID:
            self._statuses.receipt(account, device, node)
        receiver = self._world.find(to)
        if to is None or receiver is None:
            return
        kind = node.text("type")
        attrs = self._receipt_attrs(account, device, node, to)
        if kind in OWN_ONLY:
            targets = [account.lid]
        elif kind == "retry":
            targets = [receiver.lid.with_device(to.device)]
        else:
            targets = list(self._world.devices(receiver.lid))
        self._router.deliver(Outgoing(target, Node("receipt", dict(attrs), node.content)) for target in targets)
        if kind in READ:
            self._read_elsewhere(account, device, node, to)

    @staticmethod
    def _receipt_attrs(account: Account, device: Device, node: Node, to: JID) -> dict[str, Attr]:
        attrs: dict[str, Attr] = {
            "from": account.address(to.server, device.number),
            "id": node.text("id"),
            "t": node.text("t") or str(int(time.time())),
        }
        attrs.update({name: node.attrs[name] for name in ("type", "recipient") if name in node.attrs})
        return attrs

    def _read_elsewhere(self, account: Account, device: Device, node: Node, chat: JID) -> None:
        """The account's other devices learn that the chat was read."""
        attrs = self._receipt_attrs(account, device, node, chat)
        attrs.update({"from": account.address(chat.server), "recipient": chat, "type": f"{node.text('type')}-self"})
        others = [jid for jid in self._world.devices(account.lid) if jid.device != device.number]
        self._router.deliver(Outgoing(jid, Node("receipt", dict(attrs), node.content)) for jid in others)


def _parts(node: Node, to: JID) -> Iterator[tuple[JID, list[Node]]]:
    """Who gets which ciphertexts: one part for each `<to>`, or the direct `<enc>` children for one device."""
    participants = node.child("participants")
    direct = node.children("enc")
    if direct:
        yield node.jid("participant") or to, direct
    for part in participants.children("to") if participants else []:
        if (target := part.jid("jid")) is not None:
            yield target, part.children("enc")


def _receipt_ids(node: Node) -> list[str]:
    listed = [item.text("id") for container in node.children("list") for item in container.children("item")]
    return [node.text("id"), *listed]
