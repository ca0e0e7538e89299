"""Telling the members: `<notification type="w:gp2">` to every device of everybody concerned."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sessions_app.sandbox.phones.core import new_id
from sessions_app.sandbox.phones.results import Outgoing
from sessions_app.sandbox.server.groups.group import Group
from sessions_app.sandbox.server.groups.nodes import Nodes
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, LID_SERVER
from sessions_app.sandbox.wire.node import Attr, Node


class Notices:
    """Also the device that asked for the change is told, as WhatsApp does."""

    def __init__(self, world: World, router: Router, nodes: Nodes) -> None:
        self._world, self._router, self._nodes = world, router, nodes

    def changed(
        self, group: Group, by: str, change: Node, *, also: Iterable[str] = (), but: Iterable[str] = ()
    ) -> None:
        """`change` to all members, to those who were members until now (`also`), and not to others (`but`)."""
        users = [user for user in [*group.members, *also] if user not in set(but)]
        attrs: dict[str, Attr] = {"type": "w:gp2", **self._nodes.address(group, by)}
        attrs |= {"addressing_mode": group.addressing_mode, "notify": self._name(by)}
        self._send(group, users, attrs, [change])

    def welcome(self, group: Group, by: str, users: Iterable[str], *, reason: str = "", new: bool = False) -> None:
        """People who are in the group from now on learn all about it."""
        create = Node("create", {"type": "new" if new else "", "reason": reason}, [self._nodes.group(group)])
        attrs: dict[str, Attr] = {"type": "w:gp2", **self._nodes.address(group, by)}
        self._send(group, users, {**attrs, "addressing_mode": group.addressing_mode}, [create])

    def picture(self, group: Group, by: str) -> None:
        """The group has another picture, or none any more."""
        attrs: dict[str, Attr] = {"jid": group.jid, "author": JID(by, LID_SERVER), "id": group.picture_id}
        tag = "set" if group.picture_id else "delete"
        self._send(group, group.members, {"type": "picture"}, [Node(tag, attrs)])

    def _name(self, user: str) -> str:
        account = self._world.find(JID(user, LID_SERVER))
        return account.name if account else ""

    def _send(self, group: Group, users: Iterable[str], attrs: dict[str, Attr], content: list[Node]) -> None:
        devices = [device for user in users for device in self._world.devices(JID(user, LID_SERVER))]
        base: dict[str, Attr] = {"from": group.jid, "id": new_id(), "t": str(int(time.time()))}
        self._router.deliver(Outgoing(device, Node("notification", {**base, **attrs}, content)) for device in devices)
