"""Status updates that linked devices write and read (WhatsApp multi-device protocol, "sender keys").

The writer names everybody who may see the update, each with the sender key; the server keeps no list of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, STATUS_JID
from sessions_app.sandbox.wire.node import Attr, Node

COPIED = ("edit", "device_fanout")
EXTRA = ("device-identity", "meta")


class StatusTraffic:
    """Carries what a linked device sends to `status@broadcast`; phones address each device themselves."""

    def __init__(self, world: World, router: Router) -> None:
        self._world, self._router = world, router

    def message(self, account: Account, device: Device, node: Node) -> None:
        """To every device that the writer lists; an update sent again to the one that asked for it."""
        attrs = {
            "id": node.text("id"),
            "t": str(int(time.time())),
            "type": node.text("type", "text"),
            "notify": account.name,
            **_writer(account, device),
            **{name: node.attrs[name] for name in COPIED if name in node.attrs},
        }
        extra = [child for child in node.children() if child.tag in EXTRA]
        self._router.deliver(
            Outgoing(target, Node("message", dict(attrs), [*encs, *extra]))
            for target, encs in self._parcels(node).items()
        )

    def _parcels(self, node: Node) -> Mapping[JID, list[Node]]:
        shared = node.children("enc")
        again = node.jid("participant")
        if again is not None:
            return {self._lid(again): shared}
        listed = node.child("participants")
        parts = listed.children("to") if listed else []
        return {self._lid(jid): [*part.children("enc"), *shared] for part in parts if (jid := part.jid("jid"))}

    def receipt(self, account: Account, device: Device, node: Node) -> None:
        """To the devices of the writer, or to the one that is asked to send again."""
        writer, kind = node.jid("participant"), node.text("type")
        if writer is None:
            return
        attrs = {"id": node.text("id"), "t": node.text("t") or str(int(time.time())), **_writer(account, device)}
        if kind:
            attrs["type"] = kind
        target = self._lid(writer)
        targets = [target] if kind == "retry" else self._world.devices(target)
        self._router.deliver(Outgoing(jid, Node("receipt", dict(attrs), node.content)) for jid in targets)

    def _lid(self, jid: JID) -> JID:
        """A device under its LID, however it was named."""
        known = self._world.lid(jid.bare())
        return known.with_device(jid.device) if known else jid


def _writer(account: Account, device: Device) -> dict[str, Attr]:
    return {
        "from": STATUS_JID,
        "participant": account.lid.with_device(device.number),
        "participant_pn": account.jid,
        "addressing_mode": "lid",
    }
