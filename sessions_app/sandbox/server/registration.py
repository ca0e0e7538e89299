"""A new device registers and waits to be linked (WhatsApp multi-device protocol, "registration", "pairing code")."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Any

from sessions_app.sandbox import protos
from sessions_app.sandbox.server import iq
from sessions_app.sandbox.server.connection import Connection
from sessions_app.sandbox.wire.jid import JID, SERVER_JID
from sessions_app.sandbox.wire.node import Attr, Node

if TYPE_CHECKING:
    from sessions_app.sandbox.server.sandbox import Sandbox

REFS = 6
FIRST_SECONDS, NEXT_SECONDS, GRACE_SECONDS = 60.0, 20.0, 3.0
"""How long a client shows the first of six QR codes, and each other one."""


class Registration:
    """The connection of a device that belongs to nobody yet."""

    def __init__(self, sandbox: Sandbox, connection: Connection, noise: bytes, payload: Any) -> None:
        data = payload.devicePairingData
        self._sandbox, self.connection = sandbox, connection
        self.account: str | None = None
        self.noise = noise
        self.identity = bytes(data.eIdent)
        self.registration_id = int.from_bytes(data.eRegid, "big")
        self.platform = str(protos.companion.DeviceProps.FromString(data.deviceProps).os)
        self.refs: list[str] = []
        self.hello: Node | None = None
        self.finish: asyncio.Future[Node] | None = None
        self.claimed = False
        self._since = time.monotonic()

    # -- life ---------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Hand out the references that the client shows as QR codes."""
        fault = self._sandbox.faults.take("refs")
        count = int(fault.options.get("refs", 1)) if fault else REFS
        self.refs = [secrets.token_urlsafe(32) for _ in range(count)]
        self._sandbox.stats.count("registrations")
        self._sandbox.linking.enter(self)
        content = [Node("pair-device", {}, [Node("ref", {}, ref.encode()) for ref in self.refs])]
        attrs: dict[str, Attr] = {"from": SERVER_JID, "type": "set", "id": self.connection.next_id(), "xmlns": "md"}
        self.connection.send(Node("iq", attrs, content))

    def closed(self) -> None:
        """The client gave up, or comes back as a linked device."""
        self._sandbox.linking.leave(self)
        if self.finish is not None:
            self.finish.cancel()

    def shows(self, ref: str) -> bool:
        """Whether the client can still be showing this reference."""
        first = FIRST_SECONDS if len(self.refs) == REFS else NEXT_SECONDS
        end = first + NEXT_SECONDS * self.refs.index(ref) + GRACE_SECONDS
        return time.monotonic() - self._since < end

    # -- stanzas ------------------------------------------------------------------------------------------------
    def handle(self, node: Node) -> None:
        """Only the stages of a pairing code matter here."""
        if node.tag != "iq" or node.text("type") in ("result", "error"):
            return
        stage = node.child("link_code_companion_reg")
        if stage is not None and stage.text("stage") == "companion_hello":
            self.connection.send(self._hello(node, stage))
        elif stage is not None and stage.text("stage") == "companion_finish" and self.finish and not self.finish.done():
            self.finish.set_result(node)
        else:
            self.connection.send(iq.result(node))

    def _hello(self, node: Node, stage: Node) -> Node:
        number = stage.jid("jid") or JID("", "")
        if self._sandbox.world.find(number) is None:
            return iq.error(node, 404, "item-not-found")
        self.hello = stage
        self._sandbox.linking.code_requested(self, number.user)
        answer = Node("link_code_pairing_ref", {}, self.refs[0].encode())
        return iq.result(node, [Node("link_code_companion_reg", {"stage": "companion_hello"}, [answer])])
