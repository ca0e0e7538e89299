"""One group, as the server keeps it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.wire.jid import GROUP_SERVER, JID, LID_SERVER

MEMBER, ADMIN, SUPERADMIN = "", "admin", "superadmin"
MOST_MEMBERS = 1024


def new_version() -> str:
    """An id that changes with each change."""
    return str(10**15 + secrets.randbelow(9 * 10**15))


@dataclass(slots=True)
class Description:
    """The description, with the id that the next change has to name."""

    id: str
    body: str
    by: str
    at: int


@dataclass(slots=True, eq=False)
class Group:
    """People are kept by the user part of their LID; times are Unix seconds."""

    id: str
    subject: str
    creator: str
    created: int
    subject_by: str = ""
    subject_at: int = 0
    addressing_mode: str = "lid"
    members: dict[str, str] = field(default_factory=dict)  # -> role
    requests: dict[str, int] = field(default_factory=dict)  # people who ask to join -> since when
    description: Description | None = None
    announcement: bool = False
    locked: bool = False
    approval: bool = False
    admins_add: bool = False
    ephemeral: int = 0
    limit: int = MOST_MEMBERS
    invite: str = field(default_factory=lambda: secrets.token_urlsafe(16)[:22])
    revoked: list[str] = field(default_factory=list)  # invite codes that once led here
    picture_id: str = ""
    picture_path: str = ""
    version: str = field(default_factory=new_version)

    @property
    def jid(self) -> JID:
        """`id@g.us`"""
        return JID(self.id, GROUP_SERVER)

    @property
    def people(self) -> list[JID]:
        """The members' LIDs, without device."""
        return [JID(user, LID_SERVER) for user in self.members]

    def is_admin(self, user: str) -> bool:
        """Whether somebody may do what admins may."""
        return self.members.get(user, MEMBER) in (ADMIN, SUPERADMIN)

    def new_invite(self) -> str:
        """Another invite code; the one before leads nowhere any more."""
        self.revoked.append(self.invite)
        self.invite = secrets.token_urlsafe(16)[:22]
        return self.invite

    def touch(self) -> str:
        """The participants changed: a new version; returns the one before."""
        before, self.version = self.version, new_version()
        return before

    def to_blob(self) -> bytes:
        """What is kept over a restart."""
        return bytes(msgpack.packb(asdict(self)))

    @classmethod
    def from_blob(cls, blob: bytes) -> Group:
        """The group that was stored."""
        fields: dict[str, Any] = msgpack.unpackb(blob)
        if fields["description"]:
            fields["description"] = Description(**fields["description"])
        return cls(**fields)

    def as_json(self, numbers: dict[str, str]) -> dict[str, Any]:
        """The group as the control API shows it; `numbers` are the members' phone numbers by LID."""
        return {
            "jid": str(self.jid),
            "subject": self.subject,
            "description": self.description.body if self.description else "",
            "creator": numbers.get(self.creator, ""),
            "created": self.created,
            "addressing_mode": self.addressing_mode,
            "announcement": self.announcement,
            "locked": self.locked,
            "approval": self.approval,
            "ephemeral": self.ephemeral,
            "invite": self.invite,
            "picture_id": self.picture_id,
            "members": [
                {"phone": numbers.get(user, ""), "lid": f"{user}@lid", "role": role or "member"}
                for user, role in self.members.items()
            ],
            "requests": [numbers.get(user, "") for user in self.requests],
        }
