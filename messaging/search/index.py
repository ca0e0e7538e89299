"""What a database has to offer for search, and which one is in use."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from whatsapp_api.core.db import on_mongodb

COMMON = 2_000  # words in so many messages are compared by how far back these reach
MOST_KEYS = 20_000  # messages with the rarest word of several that are looked up at once among those with the others


@dataclass(frozen=True, slots=True)
class Keys:
    """`after`: where to go on; None when there are no more. `tired`: they are few since MOST_KEYS were looked at."""

    ids: list[uuid.UUID]
    after: uuid.UUID | None
    tired: bool = False


class Index(Protocol):
    """Message ids by session and word, in the order of the ids."""

    def prepare(self) -> None:
        """Make what the index needs, unless it is there; called after every migration."""

    def ids(self, session_id: uuid.UUID, words: list[str], *, before: uuid.UUID | None, limit: int) -> Keys:
        """Ids of messages that hold all of the words, newest first. The first word leads: it should be the rarest."""

    def rarest_first(self, session_id: uuid.UUID, words: list[str]) -> list[str]:
        """The words in the order in which they narrow most."""


class ByFrequency:
    """Sorts words by how often they are, reading COMMON keys of each at most."""

    def nth(self, session_id: uuid.UUID, word: str, number: int, before: uuid.UUID | None = None) -> str | None:
        """The key of the message with the word, older than `before`, that has so many newer ones."""
        raise NotImplementedError

    def count(self, session_id: uuid.UUID, word: str, most: int) -> int:
        """In how many messages of the session the word is, up to `most`."""
        raise NotImplementedError

    def rarest_first(self, session_id: uuid.UUID, words: list[str]) -> list[str]:
        if len(words) < 2:
            return words
        return sorted(words, key=lambda word: self._frequency(session_id, word))

    def _frequency(self, session_id: uuid.UUID, word: str) -> tuple[str, int]:
        """The further back so many messages reach, the rarer the word."""
        far = self.nth(session_id, word, COMMON)
        return (far, 0) if far else ("", self.count(session_id, word, COMMON))


def keys_of(found: list[str], limit: int, tired_at: str | None = None) -> Keys:
    """From hex: `tired_at` is the last key that was looked at, when there are more."""
    ids = [uuid.UUID(key) for key in found]
    if len(ids) == limit:
        return Keys(ids, ids[-1])
    return Keys(ids, uuid.UUID(tired_at), tired=True) if tired_at else Keys(ids, None)


def index() -> Index:
    """The one of the database in use."""
    if on_mongodb():
        from .on_mongodb import MongoIndex

        return MongoIndex()
    from .on_sqlite import SqliteIndex

    return SqliteIndex()
