"""SQLite: a table of words that triggers keep, clustered by session, word and message id.

Not FTS5: it orders by rowid, which is the order of storing and not of the messages, and a common word would have
to be read in full and sorted for its newest fifty messages.
"""

import uuid
from typing import Any

from django.db import connection

from . import index
from .index import ByFrequency, Keys, keys_of

STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS messaging_word (session_id char(32) NOT NULL, word text NOT NULL, "
    "message_id char(32) NOT NULL, PRIMARY KEY (session_id, word, message_id)) WITHOUT ROWID",
    "CREATE TRIGGER IF NOT EXISTS messaging_word_insert AFTER INSERT ON messaging_message BEGIN "
    "INSERT OR IGNORE INTO messaging_word SELECT NEW.session_id, value, NEW._id FROM json_each(NEW.words); END",
    "CREATE TRIGGER IF NOT EXISTS messaging_word_update AFTER UPDATE OF words ON messaging_message BEGIN "
    "DELETE FROM messaging_word WHERE session_id = OLD.session_id AND message_id = OLD._id "
    "AND word IN (SELECT value FROM json_each(OLD.words)); "
    "INSERT OR IGNORE INTO messaging_word SELECT NEW.session_id, value, NEW._id FROM json_each(NEW.words); END",
    "CREATE TRIGGER IF NOT EXISTS messaging_word_delete AFTER DELETE ON messaging_message BEGIN "
    "DELETE FROM messaging_word WHERE session_id = OLD.session_id AND message_id = OLD._id "
    "AND word IN (SELECT value FROM json_each(OLD.words)); END",
)


class SqliteIndex(ByFrequency):
    """Implements `Index`."""

    def prepare(self) -> None:
        """Also after migrations that copied the table of messages, which loses its triggers."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pragma_table_info('messaging_message') WHERE name = 'words'")
            if cursor.fetchone()[0]:  # not while migrations go backwards
                for statement in STATEMENTS:
                    cursor.execute(statement)

    def ids(self, session_id: uuid.UUID, words: list[str], *, before: uuid.UUID | None, limit: int) -> Keys:
        last = self.nth(session_id, words[0], index.MOST_KEYS - 1, before) if len(words) > 1 else None
        query, parameters = ids_query(session_id, words, before, last)
        with connection.cursor() as cursor:
            cursor.execute(f"{query} LIMIT {int(limit)}", parameters)
            return keys_of([row[0] for row in cursor.fetchall()], limit, tired_at=last)

    def nth(self, session_id: uuid.UUID, word: str, number: int, before: uuid.UUID | None = None) -> str | None:
        query, parameters = ids_query(session_id, [word], before)
        with connection.cursor() as cursor:
            cursor.execute(f"{query} LIMIT 1 OFFSET {int(number)}", parameters)
            row = cursor.fetchone()
        return str(row[0]) if row else None

    def count(self, session_id: uuid.UUID, word: str, most: int) -> int:
        rows = "SELECT 1 FROM messaging_word WHERE session_id = %s AND word = %s LIMIT %s"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({rows})", [session_id.hex, word, most])  # noqa: S608
            return int(cursor.fetchone()[0])


def ids_query(
    session_id: uuid.UUID, words: list[str], before: uuid.UUID | None, last: str | None = None
) -> tuple[str, list[Any]]:
    """SQL without its limit, and parameters: the first word is read in order down to `last`, each other looked up."""
    first, *others = words
    query = "SELECT message_id FROM messaging_word AS first WHERE session_id = %s AND word = %s"
    parameters: list[Any] = [session_id.hex, first]
    if before:
        query += " AND message_id < %s"
        parameters.append(before.hex)
    if last:
        query += " AND message_id >= %s"
        parameters.append(last)
    for word in others:
        same = "session_id = first.session_id AND word = %s AND message_id = first.message_id"
        query += f" AND EXISTS (SELECT 1 FROM messaging_word WHERE {same})"  # noqa: S608
        parameters.append(word)
    return f"{query} ORDER BY message_id DESC", parameters
