"""All channels of the sandbox."""

from __future__ import annotations

import secrets

from sessions_app.sandbox.server.newsletters.newsletter import Newsletter
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.wire.jid import JID, NEWSLETTER_SERVER

SCOPE = "newsletters"


class NewsletterStore:
    """Channels by id."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._newsletters: dict[str, Newsletter] = {}

    def load(self) -> None:
        """Read every channel from the storage."""
        self._newsletters = {key: Newsletter.from_blob(blob) for key, blob in self._storage.scan(SCOPE)}

    def new_id(self) -> str:
        """An id as WhatsApp gives them: 18 digits that begin with 1203."""
        while (number := f"120363{secrets.randbelow(10**12):012d}") in self._newsletters:
            continue
        return number

    def save(self, newsletter: Newsletter) -> None:
        """The channel is new or has changed."""
        self._newsletters[newsletter.id] = newsletter
        self._storage.put(SCOPE, newsletter.id, newsletter.to_blob())

    def find(self, jid: JID | None) -> Newsletter | None:
        """The channel of a JID."""
        known = jid is not None and jid.server == NEWSLETTER_SERVER
        return self._newsletters.get(jid.user) if jid is not None and known else None

    def by_invite(self, code: str) -> Newsletter | None:
        """The channel that an invite code leads to."""
        return next((each for each in self._newsletters.values() if each.invite == code), None)

    def all(self) -> list[Newsletter]:
        """All channels, oldest first."""
        return sorted(self._newsletters.values(), key=lambda each: each.created)

    def of(self, user: str) -> list[Newsletter]:
        """The channels that somebody follows or owns."""
        return [each for each in self.all() if user in each.followers]
