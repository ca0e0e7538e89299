"""One channel, as the server keeps it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.phones.reading import read
from sessions_app.sandbox.protos import e2e
from sessions_app.sandbox.wire.jid import JID, NEWSLETTER_SERVER

OWNER, ADMIN, SUBSCRIBER, GUEST = "OWNER", "ADMIN", "SUBSCRIBER", "GUEST"


@dataclass(slots=True)
class Post:
    """One post: `plaintext` is the `waE2E.Message`, empty once it has been deleted."""

    server_id: int
    id: str
    type: str
    at: int
    plaintext: bytes
    mediatype: str = ""
    reactions: dict[str, str] = field(default_factory=dict)  # who (user part of the LID) -> emoji

    def counts(self) -> dict[str, int]:
        """How often each emoji was given."""
        totals: dict[str, int] = {}
        for emoji in self.reactions.values():
            totals[emoji] = totals.get(emoji, 0) + 1
        return totals


@dataclass(slots=True)
class Follower:
    """Somebody's relation to the channel."""

    role: str = SUBSCRIBER
    muted: bool = False


@dataclass(slots=True, eq=False)
class Newsletter:
    """Followers are kept by the user part of their LID; times are Unix seconds."""

    id: str
    name: str
    description: str
    created: int
    invite: str = field(default_factory=lambda: secrets.token_urlsafe(18)[:22])
    followers: dict[str, Follower] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    @property
    def jid(self) -> JID:
        """`id@newsletter`"""
        return JID(self.id, NEWSLETTER_SERVER)

    def may_post(self, user: str) -> bool:
        """Its owner and admins."""
        follower = self.followers.get(user)
        return follower is not None and follower.role in (OWNER, ADMIN)

    def post(self, server_id: int) -> Post | None:
        """A post by the number that the server gave it."""
        return next((post for post in self.posts if post.server_id == server_id), None)

    def by_id(self, message_id: str) -> Post | None:
        """A post by the id that its writer gave it."""
        return next((post for post in self.posts if post.id == message_id), None)

    def to_blob(self) -> bytes:
        """What is kept over a restart."""
        return bytes(msgpack.packb(asdict(self)))

    @classmethod
    def from_blob(cls, blob: bytes) -> Newsletter:
        """The channel that was stored."""
        fields: dict[str, Any] = msgpack.unpackb(blob)
        fields["followers"] = {user: Follower(**each) for user, each in fields["followers"].items()}
        fields["posts"] = [Post(**each) for each in fields["posts"]]
        return cls(**fields)

    def as_json(self) -> dict[str, Any]:
        """The channel as the control API shows it."""
        return {
            "jid": str(self.jid),
            "name": self.name,
            "description": self.description,
            "invite": self.invite,
            "created": self.created,
            "followers": {f"{user}@lid": asdict(each) for user, each in self.followers.items()},
            "posts": [
                {
                    "server_id": post.server_id,
                    "id": post.id,
                    "type": post.type,
                    "text": read(e2e.Message.FromString(post.plaintext)).text,
                    "deleted": not post.plaintext,
                    "reactions": post.counts(),
                }
                for post in self.posts
            ],
        }
