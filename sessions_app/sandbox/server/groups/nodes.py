"""Groups and their members as nodes."""

from __future__ import annotations

from collections.abc import Iterable

from sessions_app.sandbox.server.groups.group import Group
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, LID_SERVER, USER_SERVER
from sessions_app.sandbox.wire.node import Attr, Node


class Nodes:
    """Builds nodes; people are named by LID or by phone number, as the group's addressing mode says."""

    def __init__(self, world: World) -> None:
        self._world = world

    def address(self, group: Group, user: str, name: str = "participant") -> dict[str, Attr]:
        """Both addresses of somebody, as attributes: `participant` and `participant_pn` (or `participant_lid`)."""
        lid = JID(user, LID_SERVER)
        number = self._world.phone_number(lid)
        if group.addressing_mode == "lid" or number is None:
            return {name: lid, f"{name}_pn": number or ""}
        return {name: number, f"{name}_lid": lid}

    def participant(self, group: Group, user: str, **extra: Attr) -> Node:
        """`<participant jid phone_number type>`, or with `lid` in a group of phone numbers."""
        lid = JID(user, LID_SERVER)
        number = self._world.phone_number(lid)
        attrs: dict[str, Attr] = {"jid": lid if number else JID(user, USER_SERVER), "phone_number": number or ""}
        if group.addressing_mode == "pn" and number is not None:
            attrs = {"jid": number, "lid": lid}
        return Node("participant", {**attrs, **extra})

    def participants(self, group: Group, users: Iterable[str]) -> list[Node]:
        """Several, with their roles."""
        return [self.participant(group, user, type=group.members.get(user, "")) for user in users]

    def group(self, group: Group, *, members: bool = True) -> Node:
        """`<group>` with everything that is known of it."""
        attrs: dict[str, Attr] = {
            "id": group.id,
            "subject": group.subject,
            "s_t": str(group.subject_at),
            "creation": str(group.created),
            "addressing_mode": group.addressing_mode,
            "a_v_id": "0",
            "p_v_id": group.version,
            "size": str(len(group.members)),
            **self.address(group, group.subject_by, "s_o"),
            **self.address(group, group.creator, "creator"),
        }
        people = self.participants(group, group.members) if members else []
        return Node("group", attrs, [*people, *self._details(group)])

    def _details(self, group: Group) -> list[Node]:
        mode = "admin_add" if group.admins_add else "all_member_add"
        nodes = [Node("member_add_mode", {}, mode.encode())]
        if group.description is not None:
            nodes.append(self.description(group))
        nodes += [Node(name) for name in ("announcement", "locked") if getattr(group, name)]
        if group.ephemeral:
            nodes.append(Node("ephemeral", {"expiration": str(group.ephemeral)}))
        if group.approval:
            nodes.append(approval(on=True))
        return nodes

    def description(self, group: Group) -> Node:
        """`<description id t participant><body>`, or with `<delete>` when there is none."""
        description = group.description
        assert description is not None
        attrs: dict[str, Attr] = {"id": description.id, "t": str(description.at)}
        attrs.update(self.address(group, description.by))
        child = Node("body", {}, description.body.encode()) if description.body else Node("delete")
        return Node("description", attrs, [child])


def approval(*, on: bool) -> Node:
    """Whether admins decide who joins."""
    return Node("membership_approval_mode", {}, [Node("group_join", {"state": "on" if on else "off"})])
