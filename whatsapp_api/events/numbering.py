"""The numbers of a workspace's events: one row counts them, and whoever takes some holds it until the commit.

So they appear in order, without gaps. Everything that happens in a workspace meets at this row. On MongoDB who comes
second does not wait but loses; so does who began before somebody else's commit and comes to the row after it. Hence
`counted_first`: the row before all else, when there is nothing to lose yet, and one thread of a process at a time.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection
from django.db.models import F

from whatsapp_api.core.db import atomic, in_transaction, last_in_transaction, on_mongodb, one_at_a_time

from .models import EventCounter

WAIT_SECONDS = 2.0
_taking = threading.RLock()


class _Taken(threading.local):
    """The number that this thread's transaction took before anything else: its workspace, and how much it counts."""

    number: tuple[uuid.UUID, int] | None = None


_taken = _Taken()


def counted_first(workspace_id: uuid.UUID) -> AbstractContextManager[None]:
    """`atomic` for what will publish an event in this workspace, most probably."""
    return _counted_first(workspace_id) if on_mongodb() and not in_transaction() else atomic()


def numbers_take(workspace_id: uuid.UUID, count: int) -> range:
    """The next `count` numbers. Call it inside `atomic`, at its end."""
    if not on_mongodb():
        upto = _count(workspace_id, count)
        return range(upto - count + 1, upto + 1)
    first = _taken.number[1] if _taken.number and _taken.number[0] == workspace_id else 0
    if first:
        _taken.number = None
        if count > 1:
            _count_on_mongodb(workspace_id, count - 1)
    else:
        first = _take_on_mongodb(workspace_id, count)
    return range(first, first + count)


@contextmanager
def _counted_first(workspace_id: uuid.UUID) -> Iterator[None]:
    try:
        with atomic():
            _taken.number = (workspace_id, _take_on_mongodb(workspace_id, 1))
            last_in_transaction(_give_back, workspace_id)  # the first given: events take their numbers before it
            yield
    finally:
        _taken.number = None


def _give_back(_: list[uuid.UUID]) -> None:
    """Nothing was published after all."""
    if _taken.number is not None:
        workspace_id, _taken.number = _taken.number[0], None
        _count_on_mongodb(workspace_id, -1)


def _take_on_mongodb(workspace_id: uuid.UUID, count: int) -> int:
    """The first of `count` numbers, when it is our turn."""
    connection.hold(one_at_a_time(_taking, WAIT_SECONDS))  # type: ignore[attr-defined]
    return _count_on_mongodb(workspace_id, count) - count + 1


def _count(workspace_id: uuid.UUID, count: int) -> int:
    counter = EventCounter.objects.filter(pk=workspace_id)
    if not counter.update(value=F("value") + count):
        EventCounter.objects.get_or_create(pk=workspace_id)
        counter.update(value=F("value") + count)
    return counter.values_list("value", flat=True).get()


def _count_on_mongodb(workspace_id: uuid.UUID, count: int) -> int:
    """In one round trip, since others lose meanwhile."""
    from django_mongodb_backend.query import wrap_database_errors
    from pymongo import ReturnDocument

    model = EventCounter._meta
    collection = connection.get_collection(model.db_table)  # type: ignore[attr-defined]
    key = model.get_field("workspace").get_db_prep_save(workspace_id, connection)
    changed = wrap_database_errors(collection.find_one_and_update)(
        {"_id": key},
        {"$inc": {"value": count}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=connection.session,  # type: ignore[attr-defined]
    )
    return int(changed["value"])
