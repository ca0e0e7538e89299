"""`python -m tests.bench.history.fill SESSION CHATS MESSAGES`: fills the database as fast as it takes rows.

One row of each kind is stored by the platform itself; all others are copies with other values, inserted in bulk.
"""

import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import django

BATCH = 5_000
DAYS = 365


def main(session_id: str, chats: int, messages: int) -> None:
    from django.db import connection

    from sessions_app.models import Session

    session = Session.objects.get(pk=session_id)
    message, chat = _templates(session)
    store = _into_mongodb if connection.vendor == "mongodb" else _into_sqlite
    last: dict[int, dict[str, Any]] = {}
    store("messaging_message", _messages(message, chats, messages, last))
    store("messaging_chat", _chats(chat, last))


def _templates(session: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of a message and of its chat, as the database has them; taken out again."""
    from django.db import connection

    from messaging.chats.activity import chat_touch
    from messaging.models import Chat, Message
    from tests import factories

    row = factories.message(session, text="template", push_name="Template", wa_id="3EB0000000", content={})
    chat_touch(row)
    tables = ("messaging_message", "messaging_chat")
    if connection.vendor == "mongodb":
        found = [connection.get_collection(table).find_one() for table in tables]
    else:
        found = []
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT * FROM {table} LIMIT 1")
                found.append(dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True)))
    Chat.objects.all().delete()
    Message.objects.all().delete()
    return found[0], found[1]


def _messages(
    template: dict[str, Any], chats: int, messages: int, last: dict[int, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    from messaging.words import words_of
    from tests.bench.history.texts import texts

    source, said = random.Random(1), texts(2)
    begin = datetime.now(UTC) - timedelta(days=DAYS)
    for number in range(messages):
        at = begin + timedelta(days=DAYS) * number / messages
        # Some people write a lot: the square favours low numbers.
        chat = int(chats * source.random() ** 2) if number >= chats else number
        text = next(said)
        jid = f"346{chat:08}@s.whatsapp.net"
        row = {
            **template,
            "_id": _key(at, source),
            "chat": jid,
            "sender": jid,
            "chat_lid": f"{100_000_000 + chat}@lid",
            "push_name": f"Person {chat}",
            "wa_id": f"3EB0{number:016X}",
            "dedup_key": f"bench:{number}",
            "text": text,
            "words": words_of(text),
            "content": {"text": text},
            "timestamp": at,
            "created_at": at,
        }
        last[chat] = row
        yield row


def _chats(template: dict[str, Any], last: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, message in last.items():
        yield {
            **template,
            "_id": uuid.uuid4().hex,
            "jid": message["chat"],
            "lid": message["chat_lid"],
            "name": f"Person {number}",
            "last_message_id": message["_id"],
            "activity": message["_id"],
            "last_at": message["timestamp"],
            "unread": number % 3,
        }


def _key(at: datetime, source: random.Random) -> str:
    ticks = int(at.timestamp() * 1_000_000) * 4096 // 1000
    milliseconds, fraction = divmod(ticks, 4096)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | source.getrandbits(62)).hex


def _into_mongodb(table: str, rows: Iterator[dict[str, Any]]) -> None:
    from django.db import connection

    collection = connection.get_collection(table)
    while batch := list(islice(rows, BATCH)):
        collection.insert_many(batch, ordered=False)


def _into_sqlite(table: str, rows: Iterator[dict[str, Any]]) -> None:
    import json

    from django.db import connection, transaction

    while batch := list(islice(rows, BATCH)):
        columns = list(batch[0])
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        values = [
            [json.dumps(value) if isinstance(value, list | dict) else _plain(value) for value in row.values()]
            for row in batch
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, values)
        time.sleep(0)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
