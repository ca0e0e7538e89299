"""Presence and chat state that linked devices send (WhatsApp multi-device protocol, "presence", "chatstate")."""

from __future__ import annotations

from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.account import Account
from sessions_app.sandbox.server.devices import Device
from sessions_app.sandbox.server.groups.traffic import GroupTraffic
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID
from sessions_app.sandbox.wire.node import Attr, Node


class Presence:
    """Nothing here is kept for those who are away."""

    def __init__(self, world: World, router: Router) -> None:
        self._world, self._router = world, router
        self._groups = GroupTraffic(world, router)

    def presence(self, account: Account, device: Device, node: Node) -> None:
        """Own availability, or a subscription to somebody else's."""
        kind = node.text("type", "available")
        watched = self._world.find(node.jid("to"))
        if kind == "subscribe" and watched is not None:
            watched.watchers.add(device.lid)
        elif kind in ("available", "unavailable") and watched is None:
            device.available = kind == "available"
            attrs: dict[str, Attr] = {"from": account.lid, "type": "" if device.available else kind}
            self._router.deliver(Outgoing(to, Node("presence", dict(attrs))) for to in self.watchers(account))

    def chatstate(self, account: Account, device: Device, node: Node) -> None:
        """Typing, towards every device of the other side."""
        to = node.jid("to")
        if to is not None and to.server == GROUP_SERVER:
            self._groups.chatstate(account, device, node)
        elif to is not None:
            stanza = Node("chatstate", {"from": account.address(to.server)}, node.content)
            self._router.deliver(Outgoing(jid, stanza) for jid in self._world.devices(to))

    def watchers(self, account: Account) -> list[JID]:
        """The devices that want an account's presence and still exist."""
        return [jid for jid in account.watchers if self._world.device(jid) is not None]
