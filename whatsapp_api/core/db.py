"""What every model and service shares about the database: time-ordered keys and one `atomic` for both databases."""

import os
import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import DatabaseError, connection, models, transaction

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ATTEMPTS = 50
TURN_SECONDS = 2.0
RETRY_SECONDS = 15.0
"""Then whoever asked is told. An SQLite that another program holds makes each attempt wait for 20 s by itself."""

_lock = threading.Lock()
_last = 0
_repeating = threading.RLock()


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, method 3: sub-millisecond clock): later keys of one process always sort later."""
    global _last
    with _lock:
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        ticks = _last
    milliseconds, fraction = divmod(ticks, 4096)
    low = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | low)


def uuid7_at(moment: datetime) -> uuid.UUID:
    """A key for something of the past: sorts where `moment` belongs among the keys of `uuid7`."""
    ticks = int(moment.timestamp() * 1000) << 12 | secrets.randbits(12)
    return uuid.UUID(int=ticks >> 12 << 80 | 7 << 76 | (ticks & 4095) << 64 | 2 << 62 | secrets.randbits(62))


class UUIDModel(models.Model):
    """Base of every model: a time-ordered UUID key, stored as MongoDB's own `_id`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False, db_column="_id")

    class Meta:
        abstract = True


def on_mongodb() -> bool:
    return connection.vendor == "mongodb"


class _Transaction(threading.local):
    """What this thread's transaction still has to do."""

    last: dict[Callable[[list[Any]], None], list[Any]] | None = None


_own = _Transaction()


@contextmanager
def atomic() -> Iterator[None]:
    """A transaction on either database; Django's own `atomic` does nothing on MongoDB.

    No savepoints: an inner block joins the outer transaction, on both.
    """
    if _own.last is not None:
        with _transaction():
            yield
        return
    with _transaction():
        _own.last = {}
        try:
            yield
            _do_last()
        finally:
            _own.last = None


def last_in_transaction(function: Callable[[list[T]], None], item: T) -> None:
    """Right before this transaction's commit, call `function` once with all items that were given for it.

    What was given first is called last. Call it inside `atomic`.
    """
    if _own.last is None:
        raise RuntimeError("Outside of core.db.atomic there is no end to wait for.")
    _own.last.setdefault(function, []).append(item)


def _do_last() -> None:
    while _own.last:
        function, items = _own.last.popitem()
        function(items)


def _transaction() -> AbstractContextManager[None]:
    if on_mongodb():
        from django_mongodb_backend import transaction as mongo

        return cast("AbstractContextManager[None]", mongo.atomic())
    return transaction.atomic(savepoint=False)


@contextmanager
def lock_wait(seconds: float) -> Iterator[None]:
    """How long SQLite waits inside while another process writes; this thread's other queries wait as they always do."""
    _busy_timeout(seconds)
    try:
        yield
    finally:
        _busy_timeout(connection.settings_dict["OPTIONS"].get("timeout", 5.0))


def _busy_timeout(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def in_transaction() -> bool:
    return bool(connection.in_atomic_block or getattr(connection, "in_atomic_block_mongo", False))


def is_conflict(error: BaseException) -> bool:
    """Two transactions touched the same row, or SQLite stayed locked: trying again is right."""
    text = f"{error} {error.__cause__}"
    return "WriteConflict" in text or "TransientTransactionError" in text or "database is locked" in text


def retry_conflicts(function: Callable[P, R]) -> Callable[P, R]:
    """Repeat a whole transaction that lost against another one; inside an outer transaction that one repeats.

    Who lost repeats when it is its turn: if all threads of a process repeated at the same time, they would go on making
    each other lose, the longer the more there are. Who comes meanwhile tries at once: it may touch other rows.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if in_transaction():
            return function(*args, **kwargs)
        began = time.monotonic()
        try:
            return function(*args, **kwargs)
        except DatabaseError as error:
            if not _worth_another(error, began):
                raise
        with _turn():
            return _repeat(lambda: function(*args, **kwargs))

    return wrapper


def _worth_another(error: DatabaseError, began: float) -> bool:
    return is_conflict(error) and time.monotonic() - began < RETRY_SECONDS


def _repeat(function: Callable[[], R]) -> R:
    began = time.monotonic()
    for attempt in range(ATTEMPTS):
        try:
            return function()
        except DatabaseError as error:
            if attempt == ATTEMPTS - 1 or not _worth_another(error, began):
                raise
            time.sleep(min(0.002 * 2 ** min(attempt, 6), 0.1) * random.uniform(0.5, 1.0))  # noqa: S311 keeps no secret
    raise AssertionError("unreachable")


def _turn() -> AbstractContextManager[None]:
    """One thread of this process at a time, but nobody waits for long: the one before may itself be held up."""
    return one_at_a_time(_repeating, TURN_SECONDS)


@contextmanager
def one_at_a_time(lock: Any, seconds: float) -> Iterator[None]:
    """Hold a lock, or after so long go on without it."""
    mine = lock.acquire(timeout=seconds)
    try:
        yield
    finally:
        if mine:
            lock.release()
