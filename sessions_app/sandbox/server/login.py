"""A linked device logs in (WhatsApp multi-device protocol, "login")."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server import iq
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.connection import Connection
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.inbound import changes_post, is_resend, message_ack
from sessions_app.sandbox.wire.jid import SERVER_JID
from sessions_app.sandbox.wire.node import Attr, Node

if TYPE_CHECKING:
    from sessions_app.sandbox.server.sandbox import Sandbox

log = logging.getLogger(__name__)


def replaced() -> Node:
    """Another connection of the same device has taken over."""
    return Node("stream:error", {}, [Node("conflict", {"type": "replaced"})])


class Session:
    """The connection of a linked device."""

    def __init__(self, sandbox: Sandbox, connection: Connection, account: Account, device: Device) -> None:
        self._sandbox, self._connection = sandbox, connection
        self._account, self._device = account, device
        self.account: str | None = account.number
        self._handlers: dict[str, Callable[[Node], None]] = {
            "iq": self._iq,
            "message": self._message,
            "receipt": self._receipt,
            "ack": self._ack,
            "presence": self._presence,
            "chatstate": self._chatstate,
            "call": self._call,
        }

    # -- life ---------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Take over from an older connection of the same device, and let the client in."""
        device, older = self._device, self._device.connection
        if older is not None and not older.socket.gone():
            self._sandbox.stats.count("replaced", self.account)
            log.warning("device %s connected twice; the older connection is replaced", device.jid)
            older.part(replaced())
        device.connection, device.active = self._connection, False
        self._sandbox.stats.count("logins", self.account)
        attrs: dict[str, Attr] = {"t": str(int(time.time())), "lid": device.lid, "props": "27", "location": "frc"}
        self._connection.send(Node("success", {**attrs, "creation": str(device.linked_at)}))

    def closed(self) -> None:
        """The device is offline, unless a newer connection has taken over."""
        if self._device.connection is self._connection:
            self._device.connection = None
            self._device.active = self._device.available = False

    def activate(self) -> None:
        """The client has got ready: deliver what has waited, then greet it if it is new."""
        device, send = self._device, self._connection.send
        if device.connection is not self._connection or device.removed:
            return
        counts = device.mailbox.counts()
        preview = {"message": "message", "receipt": "receipt", "notification": "notification"}
        attrs: dict[str, Attr] = {name: str(counts[kind]) for name, kind in preview.items()}
        send(_ib(Node("offline_preview", {"count": str(len(device.mailbox)), "appdata": "0", **attrs})))
        device.active = True
        for node in device.mailbox:
            send(Node(node.tag, {**node.attrs, "offline": "1"}, node.content))
        send(_ib(Node("offline", {"count": str(sum(counts.values()))})))
        self._sandbox.router.greet(self._account, device)
        self._sandbox.router.ask_for_prekeys(device)

    # -- stanzas ------------------------------------------------------------------------------------------------
    def handle(self, node: Node) -> None:
        """One stanza of the client."""
        handler = self._handlers.get(node.tag)
        if handler is not None and not self._device.removed:
            handler(node)

    def _iq(self, node: Node) -> None:
        answer = iq.answer(iq.Context(self._sandbox, self._connection, self._account, self._device, self), node)
        if answer is not None:
            self._connection.send(answer)

    def _message(self, node: Node) -> None:
        now = int(time.time())
        self._sandbox.stats.count("messages_in", self.account)
        if fault := self._sandbox.faults.take("nack", self.account):
            self._connection.send(message_ack(node, now, str(fault.options.get("error", 463))))
        elif is_resend(node) or changes_post(node) or self._device.first_sight(node.text("id"), now):
            ack = self._sandbox.inbound.ack(self._account, node, now)
            self._connection.send(ack)
            if not ack.text("error"):
                self._sandbox.inbound.message(self._account, self._device, node)
        else:
            self._sandbox.stats.count("duplicates", self.account)
            self._connection.send(message_ack(node, self._device.seen_ids[node.text("id")]))

    def _receipt(self, node: Node) -> None:
        attrs: dict[str, Attr] = {"class": "receipt", "id": node.text("id"), "from": node.attrs.get("to", "")}
        self._connection.send(Node("ack", {**attrs, "type": node.text("type")}))
        self._sandbox.inbound.receipt(self._account, self._device, node)

    def _ack(self, node: Node) -> None:
        self._device.mailbox.acknowledge(node.text("class"), node.text("id"))

    def _presence(self, node: Node) -> None:
        self._sandbox.presence.presence(self._account, self._device, node)

    def _chatstate(self, node: Node) -> None:
        self._sandbox.presence.chatstate(self._account, self._device, node)

    def _call(self, node: Node) -> None:
        """What a device says about a call, such as that it refuses: told to every device of the other side."""
        to = node.jid("to")
        if to is not None:
            attrs: dict[str, Attr] = {"from": self._account.address(to.server, self._device.number)}
            attrs |= {"id": node.text("id"), "t": str(int(time.time())), "platform": "web", "version": "2.3000"}
            told = Node("call", attrs, node.content)
            self._sandbox.router.deliver(Outgoing(jid, told) for jid in self._sandbox.world.devices(to))


def _ib(child: Node) -> Node:
    return Node("ib", {"from": SERVER_JID}, [child])


class Refused:
    """A connection that gets a failure instead of a success and is left to hang up."""

    def __init__(self, connection: Connection, failure: Node, account: str | None = None) -> None:
        self._connection, self._failure = connection, failure
        self.account = account

    def start(self) -> None:
        """Say why not."""
        self._connection.part(self._failure)

    def handle(self, node: Node) -> None:
        """Nothing is answered any more."""

    def closed(self) -> None:
        """Nothing to clean up."""


def failure(reason: str, code: str = "", expire: str = "") -> Node:
    """The answer to a login that is not allowed."""
    return Node("failure", {"reason": reason, "location": "frc", "code": code, "expire": expire})
