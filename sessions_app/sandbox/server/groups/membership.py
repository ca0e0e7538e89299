"""Who is in a group: added, removed, promoted, demoted, joined by link, left."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sessions_app.sandbox.server.groups import errors
from sessions_app.sandbox.server.groups.group import ADMIN, MEMBER, SUPERADMIN, Group
from sessions_app.sandbox.server.groups.nodes import Nodes
from sessions_app.sandbox.server.groups.notices import Notices
from sessions_app.sandbox.server.world import World
from sessions_app.sandbox.wire.jid import JID, LID_SERVER
from sessions_app.sandbox.wire.node import Attr, Node

INVITATION_SECONDS = 3 * 86_400


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one participant of a request; `error` is WhatsApp's code, 0 when it worked."""

    user: str
    error: int = 0

    def children(self) -> list[Node] | None:
        """Whoever lets nobody add him can be sent an invitation: its code."""
        if self.error != 403:
            return None
        until = str(int(time.time()) + INVITATION_SECONDS)
        return [Node("add_request", {"code": secrets.token_urlsafe(12), "expiration": until})]


class Membership:
    """Each change makes a new version of the group and is told to old and new members."""

    def __init__(self, world: World, notices: Notices, nodes: Nodes) -> None:
        self._world, self._groups = world, world.groups
        self._notices, self._nodes = notices, nodes
        self._changes: dict[str, Callable[[Group, str, Sequence[str]], list[Outcome]]] = {
            "add": self.add,
            "remove": self.remove,
            "promote": self.promote,
            "demote": self.demote,
        }

    def change(self, action: str, group: Group, by: str, users: Sequence[str]) -> list[Outcome]:
        """One of add, remove, promote, demote; one outcome for each."""
        return self._changes[action](group, by, users)

    def invited(self, group: Group, user: str) -> Outcome:
        """Whether somebody can be added."""
        account = self._world.find(JID(user, LID_SERVER))
        if account is None:
            return Outcome(user, 404)
        if user in group.members:
            return Outcome(user, 409)
        if not account.settings.group_add:
            return Outcome(user, 403)
        return Outcome(user, 419 if len(group.members) >= group.limit else 0)

    def add(self, group: Group, by: str, users: Sequence[str]) -> list[Outcome]:
        """By an admin, or by any member where the group lets them."""
        outcomes = []
        for user in users:
            outcome = self.invited(group, user)
            if not outcome.error:
                group.members[user] = MEMBER
                group.requests.pop(user, None)
            outcomes.append(outcome)
        self._admitted(group, by, _done(outcomes))
        return outcomes

    def remove(self, group: Group, by: str, users: Sequence[str]) -> list[Outcome]:
        """By an admin; the creator stays."""
        outcomes = [self._removal(group, user) for user in users]
        gone = _done(outcomes)
        for user in gone:
            del group.members[user]
        self._changed(group, by, "remove", gone, also=gone)
        return outcomes

    @staticmethod
    def _removal(group: Group, user: str) -> Outcome:
        if user not in group.members:
            return Outcome(user, 404)
        return Outcome(user, 405 if group.members[user] == SUPERADMIN else 0)

    def promote(self, group: Group, by: str, users: Sequence[str]) -> list[Outcome]:
        """To admin."""
        return self._rank(group, by, users, "promote", ADMIN)

    def demote(self, group: Group, by: str, users: Sequence[str]) -> list[Outcome]:
        """To member; the creator stays admin."""
        return self._rank(group, by, users, "demote", MEMBER)

    def _rank(self, group: Group, by: str, users: Sequence[str], action: str, role: str) -> list[Outcome]:
        outcomes = [self._removal(group, user) for user in users]
        for user in _done(outcomes):
            group.members[user] = role
        self._changed(group, by, action, _done(outcomes))
        return outcomes

    # -- by themselves ------------------------------------------------------------------------------------------
    def join(self, user: str, code: str) -> tuple[Group, bool]:
        """Join by link; False: admins have to approve it first."""
        group = self.by_invite(code)
        if user in group.members:
            raise errors.conflict()
        if len(group.members) >= group.limit:
            raise errors.resource_limit()
        if group.approval:
            group.requests[user] = int(time.time())
            self._groups.save(group)
            return group, False
        group.members[user] = MEMBER
        self._admitted(group, user, [user], reason="invite")
        return group, True

    def by_invite(self, code: str) -> Group:
        """The group of an invite code."""
        group = self._groups.by_invite(code)
        if group is None:
            raise errors.gone() if self._groups.was_invite(code) else errors.not_acceptable()
        return group

    def decide(self, group: Group, by: str, users: Sequence[str], *, approve: bool) -> list[Outcome]:
        """Approve or reject people who ask to join."""
        outcomes = [Outcome(user, 0 if user in group.requests else 404) for user in users]
        for user in _done(outcomes):
            del group.requests[user]
            if approve:
                group.members[user] = MEMBER
        self._groups.save(group)
        if approve:
            self._admitted(group, by, _done(outcomes))
        return outcomes

    def leave(self, group: Group, user: str) -> None:
        """Leave; when the last admin goes, the eldest member becomes one."""
        del group.members[user]
        self._changed(group, user, "remove", [user], also=[user])
        if group.members and not any(group.is_admin(each) for each in group.members):
            eldest = next(iter(group.members))
            self._rank(group, user, [eldest], "promote", ADMIN)

    # -- telling ------------------------------------------------------------------------------------------------
    def _admitted(self, group: Group, by: str, users: list[str], *, reason: str = "") -> None:
        self._changed(group, by, "add", users, but=users, reason=reason)
        if users:
            self._notices.welcome(group, by, users, reason=reason)

    def _changed(
        self,
        group: Group,
        by: str,
        action: str,
        users: list[str],
        *,
        also: Iterable[str] = (),
        but: Iterable[str] = (),
        reason: str = "",
    ) -> None:
        if not users:
            return
        before = group.touch()
        self._groups.save(group)
        attrs: dict[str, Attr] = {"v_id": group.version, "prev_v_id": before, "reason": reason}
        change = Node(action, attrs, [self._nodes.participant(group, user) for user in users])
        self._notices.changed(group, by, change, also=also, but=but)


def _done(outcomes: Iterable[Outcome]) -> list[str]:
    return [outcome.user for outcome in outcomes if not outcome.error]
