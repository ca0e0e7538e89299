"""MongoDB: one multikey index over session, words and id. Its entries of a word are in the order of the ids."""

import uuid
from typing import Any

from django.db import connection

from messaging.models import Message

from . import index
from .index import ByFrequency, Keys, keys_of

NAME = "message_words"
KEYS = [("session_id", 1), ("words", 1), ("_id", -1)]
LONGEST_MS = 5_000
AT_ONCE = 1_000  # keys of the rarest word that are looked up among those of the others


class MongoIndex(ByFrequency):
    """Implements `Index`."""

    def prepare(self) -> None:
        _collection().create_index(KEYS, name=NAME)

    def ids(self, session_id: uuid.UUID, words: list[str], *, before: uuid.UUID | None, limit: int) -> Keys:
        """Intersects what the index says of each word, so that no row is read."""
        position = before.hex if before else None
        if len(words) == 1:
            return keys_of(_page(session_id, words[0], position, limit), limit)
        found: list[str] = []
        for _ in range(0, index.MOST_KEYS, AT_ONCE):
            batch = _page(session_id, words[0], position, AT_ONCE)
            found += _with_all(session_id, words[1:], batch)
            if len(found) >= limit or len(batch) < AT_ONCE:
                return keys_of(found[:limit], limit)
            position = batch[-1]
        return keys_of(found, limit, tired_at=position)

    def nth(self, session_id: uuid.UUID, word: str, number: int, before: uuid.UUID | None = None) -> str | None:
        keys = _page(session_id, word, before.hex if before else None, 1, skip=number)
        return keys[0] if keys else None

    def count(self, session_id: uuid.UUID, word: str, most: int) -> int:
        query = {"session_id": session_id.hex, "words": word}
        return int(_collection().count_documents(query, limit=most, hint=NAME, maxTimeMS=LONGEST_MS))


def page_query(session_id: uuid.UUID, word: str, before: str | None) -> dict[str, Any]:
    """Messages with a word, older than a key."""
    query: dict[str, Any] = {"session_id": session_id.hex, "words": word}
    return {**query, "_id": {"$lt": before}} if before else query


def _page(session_id: uuid.UUID, word: str, before: str | None, limit: int, *, skip: int = 0) -> list[str]:
    rows = _collection().find(page_query(session_id, word, before), {"_id": 1}, max_time_ms=LONGEST_MS)
    return [row["_id"] for row in rows.sort("_id", -1).skip(skip).limit(limit).hint(NAME)]


def _with_all(session_id: uuid.UUID, words: list[str], keys: list[str]) -> list[str]:
    """Those of the keys that have all the words, in their order."""
    for word in words:
        query = {"session_id": session_id.hex, "words": word, "_id": {"$in": keys}}
        rows = _collection().find(query, {"_id": 1}, max_time_ms=LONGEST_MS).hint(NAME)
        having = {row["_id"] for row in rows}
        keys = [key for key in keys if key in having]
        if not keys:
            break
    return keys


def _collection() -> Any:
    return connection.get_collection(Message._meta.db_table)  # type: ignore[attr-defined]
