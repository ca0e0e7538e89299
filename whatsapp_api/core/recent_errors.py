"""The last errors of all processes, for the dashboard: a bounded list in Redis, beside the log itself.

A handler of the root logger puts finished JSON lines into a short queue; a thread of its own writes them, so that a
log line never waits for Redis. What cannot be written is dropped: the log has it.
"""

import json
import logging
import threading
from collections import deque
from typing import Any, cast

import redis

from . import redis as core_redis
from .log_formats import JsonFormatter

KEY = "wa:errors"
KEPT = 200
LONGEST = 8_000
"""Characters of an exception; its end says most."""


class RecentErrors(logging.Handler):
    """Takes errors only. Formats at once: arguments of a record may change."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(JsonFormatter())
        self._waiting: deque[str] = deque(maxlen=KEPT)
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.append(self.format(record))
        except Exception:  # noqa: BLE001 - as the logging module has it
            self.handleError(record)
            return
        # Threads do not survive a fork: a worker's child starts its own with its first error.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._write, name="recent-errors", daemon=True)
            self._thread.start()
        self._wake.set()

    def _write(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            try:
                if lines:
                    errors_keep(lines)
            except (redis.RedisError, OSError):
                pass  # saying so would be an error again


def errors_keep(lines: list[str]) -> None:
    """The newest first; the oldest go."""
    with core_redis.client().pipeline(transaction=False) as pipeline:
        pipeline.lpush(KEY, *lines)
        pipeline.ltrim(KEY, 0, KEPT - 1)
        pipeline.execute()


def errors_recent() -> list[dict[str, Any]]:
    """Newest first; each with the fields of a log line. Raises RedisError when Redis is away."""
    lines = cast("list[bytes]", core_redis.client().lrange(KEY, 0, KEPT - 1))
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [line | {"exception": line.get("exception", "")[-LONGEST:]} for line in found]


def errors_clear() -> None:
    core_redis.client().delete(KEY)
