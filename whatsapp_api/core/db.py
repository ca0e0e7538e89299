"""What every model and service shares about the database: time-ordered keys and one `atomic` for both databases."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db import DatabaseError, connection, models, transaction

P = ParamSpec("P")
R = TypeVar("R")

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, method 3: sub-millisecond clock): later keys of one process always sort later."""
    global _last
    with _lock:
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        ticks = _last
    milliseconds, fraction = divmod(ticks, 4096)
    low = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | low)


class UUIDModel(models.Model):
    """Base of every model: a time-ordered UUID key, stored as MongoDB's own `_id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False, db_column="_id")

    class Meta:
        abstract = True


def on_mongodb() -> bool:
    return connection.vendor == "mongodb"


def atomic() -> AbstractContextManager[None]:
    """A transaction on either database; Django's own `atomic` does nothing on MongoDB.

    No savepoints: an inner block joins the outer transaction, on both.
    """
    if on_mongodb():
        from django_mongodb_backend import transaction as mongo

        return cast("AbstractContextManager[None]", mongo.atomic())
    return transaction.atomic(savepoint=False)


def in_transaction() -> bool:
    return bool(connection.in_atomic_block or getattr(connection, "in_atomic_block_mongo", False))


def is_conflict(error: BaseException) -> bool:
    """Two transactions touched the same row, or SQLite stayed locked: trying again is right."""
    text = f"{error} {error.__cause__}"
    return "WriteConflict" in text or "TransientTransactionError" in text or "database is locked" in text


def retry_conflicts(function: Callable[P, R]) -> Callable[P, R]:
    """Repeat a whole transaction that lost against another one; inside an outer transaction that one repeats."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(50):
            try:
                return function(*args, **kwargs)
            except DatabaseError as error:
                if not is_conflict(error) or attempt == 49 or in_transaction():
                    raise
                time.sleep(min(0.002 * 2 ** min(attempt, 6), 0.1))
        raise AssertionError("unreachable")

    return wrapper
