"""What an account shows of itself, and whom it keeps out: about, picture, business name, privacy, block list."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import msgpack

from sessions_app.sandbox.server.storage import Storage

SCOPE = "cards"
PRIVACY = ("readreceipts", "last", "status", "profile", "groupadd", "online", "calladd")


@dataclass(slots=True)
class Card:
    """One account's; saved whenever it changes."""

    about: str = "Hey there! I am using WhatsApp."
    about_at: int = 0
    picture_id: str = ""
    picture_path: str = ""  # of the media store
    business: str = ""  # a verified business name
    privacy: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PRIVACY, "all"))
    timer: int = 0  # seconds after which messages of new chats disappear
    blocked: list[str] = field(default_factory=list)  # LIDs

    def set_about(self, text: str) -> None:
        self.about, self.about_at = text, int(time.time())

    def set_picture(self, path: str) -> str:
        """The new picture's id; an empty path removes it."""
        self.picture_path = path
        self.picture_id = str(time.time_ns() // 1_000_000) if path else ""
        return self.picture_id

    def set_blocked(self, lid: str, blocked: bool) -> None:
        self.blocked = [each for each in self.blocked if each != lid] + ([lid] if blocked else [])

    @property
    def block_hash(self) -> str:
        """Changes with the list."""
        return hashlib.sha256(",".join(sorted(self.blocked)).encode()).hexdigest()[:16]

    def visible(self, what: str) -> bool:
        """Whether strangers see it; this sandbox knows no difference between strangers and contacts."""
        return self.privacy.get(what, "all") != "none"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Cards:
    """All of them, by the account's LID."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._cards = {key: Card(**msgpack.unpackb(blob)) for key, blob in storage.scan(SCOPE)}

    def of(self, lid: str) -> Card:
        """The account's card; a fresh one when it has none yet."""
        return self._cards.setdefault(lid, Card())

    def save(self, lid: str) -> None:
        """It changed."""
        self._storage.put(SCOPE, lid, bytes(msgpack.packb(asdict(self.of(lid)))))

    def forget(self, lid: str) -> None:
        """The account is gone."""
        if self._cards.pop(lid, None) is not None:
            self._storage.put(SCOPE, lid, None)
