"""Writes that must happen: repeated until the database takes them, however long it is away."""

import contextlib
import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.db import OperationalError, connection

from sessions_app.models import Session
from whatsapp_api.core.db import is_conflict, on_mongodb

logger = logging.getLogger(__name__)

R = TypeVar("R")
FAULTS = 5
DELAY_FIRST = 0.05
DELAY_MOST = 2.0

_away = threading.Event()


class Faulty(Exception):
    """The database is well and refuses this write all the same: the fault is in the write."""


class Stopping(Exception):
    """The worker ends before the write worked; its source is kept, so the next owner repeats it."""


def durably(work: Callable[[], R], *, stopping: threading.Event) -> R:
    """The result of `work`, which may be called many times and so must be idempotent."""
    delay, faults = DELAY_FIRST, 0
    while True:
        try:
            result = work()
        except Exception as error:
            connection_reset()
            faults = faults + 1 if _own_fault(error) else 0
            if faults >= FAULTS:
                raise Faulty from error
            _say_away(error)
        else:
            _say_back()
            return result
        if stopping.wait(delay):
            raise Stopping
        delay = min(delay * 2, DELAY_MOST)


def describe(error: BaseException) -> str:
    """Kinds and places of an error and its causes, for logs: its text may quote the row, and so a message."""
    parts = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        parts.append(type(cause).__name__ + place)
        cause = cause.__cause__
    return " from ".join(parts)


def connection_reset() -> None:
    """Forget a transaction that broke off half-way, so that the thread's next one starts clean."""
    with contextlib.suppress(Exception):
        if on_mongodb():
            connection.forget_transaction()  # type: ignore[attr-defined]
        else:
            connection.close_if_unusable_or_obsolete()


def _own_fault(error: Exception) -> bool:
    if isinstance(error, OperationalError) or is_conflict(error):
        return False
    try:
        Session.objects.order_by().values_list("pk").first()
    except Exception:  # noqa: BLE001
        connection_reset()
        return False
    return True


def _say_away(error: Exception) -> None:
    if not _away.is_set():
        _away.set()
        logger.warning("A write has to be repeated: %s", describe(error))


def _say_back() -> None:
    if _away.is_set():
        _away.clear()
        logger.info("Writes work again")
