"""One page of the messages that hold all of some words, newest first."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from messaging.models import Message
from sessions_app.models import Session

from .index import index

FEW = 1_000  # messages that are rather read one by one than looked up among all that have the words
BATCH = 1_000
MOST_LOOKED_AT = 2_000  # messages with the words that a request looks through for those that pass its filters


@dataclass(frozen=True, slots=True)
class Found:
    """`after`: where the next page goes on; None when there is no more."""

    messages: list[Message]
    after: uuid.UUID | None


def messages_find(
    session: Session,
    words: list[str],
    rows: QuerySet[Message],
    *,
    limit: int,
    before: uuid.UUID | None = None,
    chat: QuerySet[Message] | None = None,
) -> Found:
    """Messages of `rows` (filtered as the caller likes) that hold all `words`, older than `before`.

    May find fewer than `limit`, even none, and still name where to go on: filters that few messages pass end a
    request after MOST_LOOKED_AT of them, frequent words that are hardly ever together after MOST_KEYS of the rarest.
    `chat`: all rows of the one chat that `rows` are of.
    """
    if chat is not None and not chat.order_by("-id").values_list("pk")[FEW : FEW + 1]:
        return _among_few(words, rows, limit, before)
    found: list[Message] = []
    looked_at = 0
    batch = limit + 1
    ordered = index().rarest_first(session.pk, words)
    while looked_at < MOST_LOOKED_AT:
        keys = index().ids(session.pk, ordered, before=before, limit=batch)
        by_id = rows.in_bulk(keys.ids) if keys.ids else {}
        found += [by_id[key] for key in keys.ids if key in by_id]
        if len(found) > limit:
            return Found(found[:limit], found[limit - 1].pk)
        if keys.after is None or keys.tired:
            return Found(found, keys.after)
        looked_at, before, batch = looked_at + len(keys.ids), keys.after, BATCH
    return Found(found, before)


def _among_few(words: list[str], rows: QuerySet[Message], limit: int, before: uuid.UUID | None) -> Found:
    """A chat is mostly small: its messages are read at once, where those with a frequent word are a thousandfold."""
    wanted = set(words)
    older = rows.filter(pk__lt=before) if before else rows
    held = older.order_by("-id").values_list("pk", "words")
    ids = [key for key, has in held if wanted <= set(has)]
    by_id = rows.in_bulk(ids[:limit])
    return Found([by_id[key] for key in ids[:limit] if key in by_id], ids[limit - 1] if len(ids) > limit else None)
