"""All groups of the sandbox."""

from __future__ import annotations

import secrets

from sessions_app.sandbox.server.groups.group import Group
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID

SCOPE = "groups"


class GroupStore:
    """Groups by id."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._groups: dict[str, Group] = {}

    def load(self) -> None:
        """Read every group from the storage."""
        self._groups = {key: Group.from_blob(blob) for key, blob in self._storage.scan(SCOPE)}

    def new_id(self) -> str:
        """An id as WhatsApp gives them: 18 digits that begin with 1203."""
        while (number := f"120363{secrets.randbelow(10**12):012d}") in self._groups:
            continue
        return number

    def save(self, group: Group) -> None:
        """The group is new or has changed."""
        self._groups[group.id] = group
        self._storage.put(SCOPE, group.id, group.to_blob())

    def find(self, jid: JID | None) -> Group | None:
        """The group of a JID."""
        return self._groups.get(jid.user) if jid is not None and jid.server == GROUP_SERVER else None

    def all(self) -> list[Group]:
        """All groups, oldest first."""
        return sorted(self._groups.values(), key=lambda group: group.created)

    def of(self, user: str) -> list[Group]:
        """The groups that somebody is in."""
        return [group for group in self.all() if user in group.members]

    def by_invite(self, code: str) -> Group | None:
        """The group that an invite code leads to."""
        return next((group for group in self._groups.values() if group.invite == code), None)

    def was_invite(self, code: str) -> bool:
        """Whether the code has been revoked."""
        return any(code in group.revoked for group in self._groups.values())

    def forget(self, user: str) -> None:
        """Somebody's account is no more."""
        for group in self.of(user):
            del group.members[user]
            group.touch()
            self.save(group)
