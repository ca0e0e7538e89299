"""What people do with groups: who may, what changes, who is told. Clients and phones both come here.

`by` and `users` are the user parts of LIDs; a refusal is a `GroupError`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from sessions_app.sandbox.server.groups import errors
from sessions_app.sandbox.server.groups.group import MEMBER, SUPERADMIN, Description, Group
from sessions_app.sandbox.server.groups.membership import Membership, Outcome
from sessions_app.sandbox.server.groups.nodes import Nodes, approval
from sessions_app.sandbox.server.groups.notices import Notices
from sessions_app.sandbox.server.router import Router
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID
from sessions_app.sandbox.wire.node import Node

LONGEST_SUBJECT = 100
LONGEST_DESCRIPTION = 2048
TIMERS = (0, 86_400, 604_800, 7_776_000)
FLAGS = {"announcement": ("announcement", "not_announcement"), "locked": ("locked", "unlocked")}


class GroupService:
    """All of it, on the groups of the world."""

    def __init__(self, world: World, router: Router) -> None:
        self._world, self._groups = world, world.groups
        self.nodes = Nodes(world)
        self._notices = Notices(world, router, self.nodes)
        self.membership = Membership(world, self._notices, self.nodes)

    # -- looking ------------------------------------------------------------------------------------------------
    def get(self, jid: JID | None) -> Group:
        """A group, whoever asks."""
        group = self._groups.find(jid)
        if group is None:
            raise errors.not_found()
        return group

    def seen_by(self, jid: JID | None, by: str) -> Group:
        """A group that somebody is in."""
        group = self.get(jid)
        if by not in group.members:
            raise errors.forbidden()
        return group

    def ruled_by(self, jid: JID | None, by: str) -> Group:
        """A group that somebody is an admin of."""
        group = self.seen_by(jid, by)
        if not group.is_admin(by):
            raise errors.forbidden()
        return group

    def edited_by(self, jid: JID | None, by: str) -> Group:
        """A group whose subject, description and picture somebody may change: all may, unless it is locked."""
        group = self.seen_by(jid, by)
        return self.ruled_by(jid, by) if group.locked else group

    # -- making -------------------------------------------------------------------------------------------------
    def create(self, by: str, subject: str, users: Sequence[str], **settings: object) -> tuple[Group, list[Outcome]]:
        """A new group with its creator and everybody who can be added."""
        now = int(time.time())
        group = Group(self._groups.new_id(), _subject(subject), by, now, subject_by=by, subject_at=now)
        for name, value in settings.items():
            setattr(group, name, value)
        group.members[by] = SUPERADMIN
        outcomes = [self.membership.invited(group, user) for user in dict.fromkeys(users) if user != by]
        group.members.update({outcome.user: MEMBER for outcome in outcomes if not outcome.error})
        self._groups.save(group)
        self._notices.welcome(group, by, group.members, new=True)
        return group, outcomes

    # -- changing -----------------------------------------------------------------------------------------------
    def subject(self, group: Group, by: str, subject: str) -> None:
        """Rename it."""
        group.subject, group.subject_by, group.subject_at = _subject(subject), by, int(time.time())
        attrs = {"subject": group.subject, "s_t": str(group.subject_at), **self.nodes.address(group, by, "s_o")}
        self._changed(group, by, Node("subject", attrs))

    def describe(self, group: Group, by: str, body: str, *, new_id: str, previous: str) -> None:
        """Another description; whoever does not know the one before is told of the conflict."""
        known = group.description.id if group.description else ""
        if previous != known:
            raise errors.conflict()
        if len(body) > LONGEST_DESCRIPTION:
            raise errors.not_acceptable()
        group.description = Description(new_id, body, by, int(time.time()))
        self._changed(group, by, self.nodes.description(group))

    def flag(self, group: Group, by: str, name: str, *, on: bool) -> None:
        """`announcement`: only admins write. `locked`: only admins change what the group is called."""
        setattr(group, name, on)
        self._changed(group, by, Node(FLAGS[name][0 if on else 1], {"v_id": group.touch()}))

    def ephemeral(self, group: Group, by: str, seconds: int) -> None:
        """Messages disappear after so long; 0 keeps them."""
        if seconds not in TIMERS:
            raise errors.bad_request()
        group.ephemeral = seconds
        self._changed(group, by, Node("ephemeral", {"expiration": str(seconds)}) if seconds else Node("not_ephemeral"))

    def approval(self, group: Group, by: str, *, on: bool) -> None:
        """Whether admins decide who joins by link."""
        group.approval = on
        self._changed(group, by, approval(on=on))

    def add_mode(self, group: Group, by: str, *, admins_only: bool) -> None:
        """Who may add people."""
        group.admins_add = admins_only
        mode = b"admin_add" if admins_only else b"all_member_add"
        self._changed(group, by, Node("member_add_mode", {}, mode))

    def new_invite(self, group: Group, by: str) -> str:
        """Another invite link instead of the one before."""
        code = group.new_invite()
        self._changed(group, by, Node("invite", {"code": code}))
        return code

    def picture(self, group: Group, by: str, picture_id: str, path: str) -> None:
        """Another picture; both empty: none."""
        group.picture_id, group.picture_path = picture_id, path
        self._groups.save(group)
        self._notices.picture(group, by)

    def _changed(self, group: Group, by: str, change: Node) -> None:
        self._groups.save(group)
        self._notices.changed(group, by, change)


def _subject(subject: str) -> str:
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise errors.not_acceptable()
    return subject
