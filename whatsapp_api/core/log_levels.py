"""Levels of loggers changed while everything runs: kept in Redis for a time, and taken up by every process.

`manage.py loglevel messaging=DEBUG` writes; a thread in each process reads every few seconds. They end by themselves,
so that a forgotten DEBUG does not fill a disk.
"""

import logging
import threading
from typing import Any, cast

import redis

from . import redis as core_redis
from .log_formats import levels

logger = logging.getLogger(__name__)

KEY = "wa:log-levels"
EVERY_SECONDS = 5.0


def levels_set(text: str, *, seconds: int) -> None:
    """For all processes on all machines, in place of those set before; ValueError when it makes no sense."""
    levels(text)
    core_redis.client().set(KEY, text, ex=seconds)


def levels_clear() -> None:
    """Back to what the configuration says."""
    core_redis.client().delete(KEY)


def levels_read() -> str:
    return (cast("bytes | None", core_redis.client().get(KEY)) or b"").decode()


class Levels:
    """Applies what was set, and puts back what was there before."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def apply(self, text: str) -> None:
        wanted = levels(text)
        for name in [name for name in self._before if name not in wanted]:
            logging.getLogger(_name(name)).setLevel(self._before.pop(name))
        for name, level in wanted.items():
            found = logging.getLogger(_name(name))
            self._before.setdefault(name, found.level)
            found.setLevel(level)


def _name(name: str) -> str:
    return "" if name == "root" else name


def watch(**_: Any) -> None:
    """Start the thread in this process. Threads do not survive a fork, so a worker's children call it too."""
    threading.Thread(target=_follow, name="log-levels", daemon=True).start()


def _follow() -> None:
    applied, state, pause = "", Levels(), threading.Event()
    while True:
        try:
            if (text := levels_read()) != applied:
                state.apply(text)
                applied = text
                logger.info("Log levels: %s", text or "as configured")
        except (redis.RedisError, ValueError) as error:
            logger.debug("Log levels cannot be read: %s", type(error).__name__)
        pause.wait(EVERY_SECONDS)
