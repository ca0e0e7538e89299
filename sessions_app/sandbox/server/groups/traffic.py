"""Messages, receipts and typing in groups (WhatsApp multi-device protocol, "sender keys")."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable, Mapping

from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.groups.group import Group
from sessions_app.sandbox.server.groups.nodes import Nodes
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, LID_SERVER
from sessions_app.sandbox.wire.node import Attr, Node

COPIED = ("edit", "device_fanout")
OWN_ONLY = frozenset({"sender"})
READ = frozenset({"read", "played"})


class GroupTraffic:
    """Carries what a linked device sends to a group; phones address each device themselves."""

    def __init__(self, world: World, router: Router) -> None:
        self._world, self._router, self._nodes = world, router, Nodes(world)

    # -- messages -----------------------------------------------------------------------------------------------
    def refusal(self, account: Account, to: JID) -> str:
        """The code of the `<ack>` for somebody who may not write there; empty when he may."""
        group = self._world.groups.find(to)
        if group is None or account.lid.user not in group.members:
            return "403" if group else "404"
        return "403" if group.announcement and not group.is_admin(account.lid.user) else ""

    def hash(self, to: JID) -> str:
        """What the server takes the members' devices to be; a sender that believes otherwise looks again."""
        group = self._world.groups.find(to)
        return _devices_hash(self._all_devices(group)) if group else ""

    def message(self, account: Account, device: Device, node: Node) -> None:
        """To every device of every member: the sender key where the sender added it, and the message."""
        group = self._world.groups.find(node.jid("to"))
        if group is None:
            return
        attrs = self._attrs(group, account, device, node)
        extra = [child for child in node.children() if child.tag in ("device-identity", "meta")]
        stanzas = [
            Outgoing(target, Node("message", dict(attrs), [*encs, *extra]))
            for target, encs in self._parcels(group, device, node).items()
        ]
        self._router.deliver(stanzas)

    def _parcels(self, group: Group, device: Device, node: Node) -> Mapping[JID, list[Node]]:
        """A message sent again goes to the one device that asked for it."""
        again = node.jid("participant")
        if again is not None:
            return {self._lid(again): node.children("enc")}
        listed = node.child("participants")
        keys = {
            self._lid(jid): part.children("enc")
            for part in (listed.children("to") if listed else [])
            if (jid := part.jid("jid")) is not None
        }
        targets = [target for target in self._all_devices(group) if target != device.lid]
        return {target: [*keys.get(target, []), *node.children("enc")] for target in targets}

    def _attrs(self, group: Group, account: Account, device: Device, node: Node) -> dict[str, Attr]:
        attrs: dict[str, Attr] = {
            "from": group.jid,
            "id": node.text("id"),
            "t": str(int(time.time())),
            "type": node.text("type", "text"),
            "addressing_mode": group.addressing_mode,
            "notify": account.name,
            **self._author(group, account, device),
        }
        return attrs | {name: node.attrs[name] for name in COPIED if name in node.attrs}

    def _author(self, group: Group, account: Account, device: Device) -> dict[str, Attr]:
        """Who it is from: the device under the address that the group uses, the account under the other."""
        attrs = self._nodes.address(group, account.lid.user)
        base = attrs["participant"]
        assert isinstance(base, JID)
        return {**attrs, "participant": base.with_device(device.number)}

    # -- receipts and typing ------------------------------------------------------------------------------------
    def receipt(self, account: Account, device: Device, node: Node) -> None:
        """To the devices of the author; the own other devices learn what was read."""
        group, author = self._world.groups.find(node.jid("to")), node.jid("participant")
        kind = node.text("type")
        if group is None:
            return
        attrs: dict[str, Attr] = {"from": group.jid, "id": node.text("id"), "type": kind}
        attrs |= {"t": node.text("t") or str(int(time.time())), **self._author(group, account, device)}
        if kind in OWN_ONLY:
            self._send([account.lid], "receipt", attrs, node)
        elif author is not None:
            target = self._lid(author)
            self._send([target] if kind == "retry" else self._world.devices(target), "receipt", attrs, node)
        if kind in READ and author is not None:
            others = [jid for jid in self._world.devices(account.lid) if jid.device != device.number]
            self._send(others, "receipt", {**attrs, "type": f"{kind}-self", "participant": author}, node)

    def chatstate(self, account: Account, device: Device, node: Node) -> None:
        """Typing, towards every device of the other members."""
        group = self._world.groups.find(node.jid("to"))
        if group is not None and account.lid.user in group.members:
            others = [jid for jid in self._all_devices(group) if jid.user != account.lid.user]
            attrs: dict[str, Attr] = {"from": group.jid, **self._author(group, account, device)}
            self._send(others, "chatstate", {**attrs, "participant": account.lid}, node)

    def _send(self, targets: Iterable[JID], tag: str, attrs: dict[str, Attr], node: Node) -> None:
        self._router.deliver(Outgoing(target, Node(tag, dict(attrs), node.content)) for target in targets)

    # -- devices ------------------------------------------------------------------------------------------------
    def _all_devices(self, group: Group) -> list[JID]:
        return [device for user in group.members for device in self._world.devices(JID(user, LID_SERVER))]

    def _lid(self, jid: JID) -> JID:
        """A device under its LID, however it was named."""
        known = self._world.lid(jid.bare())
        return known.with_device(jid.device) if known else jid


def _devices_hash(devices: Iterable[JID]) -> str:
    """whatsmeow's participantListHashV2: devices as `user.0:device@server`, sorted, hashed."""
    names = sorted(f"{jid.user}.0:{jid.device}@{jid.server}" for jid in devices)
    return "2:" + base64.b64encode(hashlib.sha256("".join(names).encode()).digest()[:6]).decode().rstrip("=")
