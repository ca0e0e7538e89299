"""Carries stanzas to devices and phones, and what phones answer to that."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable

from sessions_app.sandbox.phones import content
from sessions_app.sandbox.phones.past import Past
from sessions_app.sandbox.phones.results import Batch, Outgoing, Received
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import LOW_PREKEYS, Device
from sessions_app.sandbox.server.faults import Faults
from sessions_app.sandbox.server.records import noticed_to_record, received_to_record
from sessions_app.sandbox.server.stats import Stats
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.node import Node

log = logging.getLogger(__name__)
MAC_LENGTH = 8
REMEMBERED_ECHOES = 1000
BLOCKABLE = frozenset({"message", "chatstate", "presence", "call"})
"""What somebody who is blocked cannot bring to the other side."""


def garbled(node: Node) -> Node:
    """The same stanza with its ciphertexts damaged at their end, where the authentication code is."""
    return Node(node.tag, node.attrs, [_garbled_child(child) for child in node.children()])


def _garbled_child(child: Node) -> Node:
    if child.tag != "enc":
        return child
    data = child.data()
    return Node(child.tag, child.attrs, data[:-MAC_LENGTH] + bytes(byte ^ 0xFF for byte in data[-MAC_LENGTH:]))


class Router:
    """A phone that answers can make another phone answer: stanzas wait in one queue, never on the call stack."""

    def __init__(self, world: World, stats: Stats, faults: Faults) -> None:
        self._world, self._stats, self._faults = world, stats, faults
        self._queue: deque[Outgoing] = deque()
        self._running = False
        self._echoes: deque[str] = deque(maxlen=REMEMBERED_ECHOES)

    def deliver(self, outgoing: Iterable[Outgoing]) -> None:
        """Carry stanzas to where they belong."""
        self._queue.extend(outgoing)
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                self._carry_safely(self._queue.popleft())
        finally:
            self._running = False

    def _carry_safely(self, item: Outgoing) -> None:
        """A stanza that breaks its receiver must not keep the others from theirs."""
        try:
            self._carry(item)
        except Exception:
            log.exception("a %s for %s was lost", item.node.tag, item.to)

    def _carry(self, item: Outgoing) -> None:
        account = self._world.find(item.to)
        if account is None:
            return
        if item.node.tag in BLOCKABLE and self._blocked(account, item.node):
            return
        node = item.node if item.node.tag != "message" else self._spoilt(account, item)
        if not item.to.device:
            self._to_phone(account, node)
        elif device := account.devices.get(item.to.device):
            self._to_device(account, device, node)

    def _blocked(self, account: Account, node: Node) -> bool:
        """Whether the account has blocked who sends this; groups are not concerned."""
        sender = self._world.find(node.jid("from"))
        return sender is not None and sender.lid.user in self._world.cards.of(account.lid.user).blocked

    def _spoilt(self, account: Account, item: Outgoing) -> Node:
        """The message, or one that cannot be decrypted if a fault says so."""
        fault = self._faults.find("garble", account.number)
        if fault is None or fault.options.get("device", item.to.device) != item.to.device:
            return item.node
        self._faults.take("garble", account.number)
        return garbled(item.node)

    def _to_device(self, account: Account, device: Device, node: Node) -> None:
        kept = device.mailbox.add(node)
        if device.active and device.connection is not None:
            device.connection.send(node)
        elif not kept:
            return
        if node.tag == "message":
            self._stats.count("messages_out", account.number)

    # -- phones -------------------------------------------------------------------------------------------------
    def _to_phone(self, account: Account, node: Node) -> None:
        if not account.settings.online:
            account.mail.add(node)
            return
        self.take(account, account.phone.receive(node))

    def wake(self, account: Account) -> None:
        """The phone is back: it gets what has waited, and greets devices that were linked meanwhile."""
        self.deliver(Outgoing(account.lid, node) for node in account.mail.pop_all())
        for device in list(account.devices.values()):
            self.greet(account, device)

    def greet(self, account: Account, device: Device) -> None:
        """After a device has been linked: its phone sends it the app state keys and the history, once."""
        if device.greeted or not device.active or not account.settings.online:
            return
        device.greeted = True
        account.save_device(device)
        settings = account.settings
        past = Past(settings.past_chats, settings.past_messages) if settings.past_chats else None
        self.deliver(account.phone.after_link(device.number, past))
        self._world.changed(account)

    def take(self, account: Account, batch: Batch, but: Device | None = None) -> None:
        """Log what a phone made of a stanza, and carry what it answered (except to one device)."""
        self._world.changed(account)
        outgoing = [item for item in batch.outgoing if self._wanted(account, item.node)]
        outgoing = [item for item in outgoing if but is None or item.to != but.lid]
        for noticed in batch.noticed:
            account.notices.add(noticed_to_record(noticed))
        for message in batch.messages:
            account.inbox.add(received_to_record(message))
            outgoing += self._react(account, message)
        self.deliver(outgoing)

    @staticmethod
    def _wanted(account: Account, node: Node) -> bool:
        """`auto_receipt: none` keeps the delivery receipt back; a retry request is no such receipt."""
        return node.tag != "receipt" or "type" in node.attrs or account.settings.auto_receipt != "none"

    def _react(self, account: Account, message: Received) -> list[Outgoing]:
        outgoing: list[Outgoing] = []
        if message.from_me:
            return outgoing
        if account.settings.auto_receipt == "read":
            outgoing += account.phone.read([message])
        if account.settings.echo and message.kind == "text" and message.id not in self._echoes:
            echo = account.phone.send(message.chat, content.text(message.text))
            self._echoes.append(echo.id)  # else two phones that echo would never stop
            outgoing += echo.outgoing
        return outgoing

    # -- prekeys ------------------------------------------------------------------------------------------------
    def ask_for_prekeys(self, device: Device) -> None:
        """Tell a device that the server runs out of its one-time prekeys."""
        if device.signed is not None and len(device.prekeys) < LOW_PREKEYS and device.active and device.connection:
            count = Node("count", {"value": str(len(device.prekeys))})
            device.connection.notify("encrypt", [count])
