"""Signs of life of Celery's processes, in Redis: beat's with every task it sends, a worker's with its heartbeat.

Their age is read from what is left of the time that Redis keeps them: clocks of several machines need not agree.
"""

import logging
import time
from typing import Any

import redis
from celery import signals

from whatsapp_api.core import redis as core_redis

logger = logging.getLogger(__name__)

BEAT_KEY = "wa:alive:beat"
WORKER_KEY = "wa:alive:worker:"
KEPT = 86_400
"""Seconds. Of a beat that is away for longer it is not known when it was last there."""
WORKER_KEPT = 60
"""Seconds. A worker that died is named for so long, then it is forgotten: it may have been taken away for good."""
LATE_SECONDS = 3.0
"""A heartbeat comes every second (Procfile), as does a task of beat. With the second for which an answer of
`/api/health` counts, what is missing is known within five."""


def install() -> None:
    """Celery's signals are sent in the process they speak of; in others nothing happens."""
    signals.beat_init.connect(_beat_begins, weak=False)
    signals.heartbeat_sent.connect(_worker_lives, weak=False)
    signals.worker_shutdown.connect(_worker_ends, weak=False)


def beat_age() -> float | None:
    """Seconds since beat last sent a task; None when it did not for a day. Raises RedisError."""
    left = core_redis.client().pttl(BEAT_KEY)
    return KEPT - left / 1000 if left >= 0 else None


def worker_ages() -> dict[str, float]:
    """Seconds since each Celery worker's last heartbeat, without those that stopped in order. Raises RedisError."""
    return core_redis.ages(core_redis.client(), WORKER_KEY, kept=WORKER_KEPT)


def _beat_begins(**_: Any) -> None:
    signals.after_task_publish.connect(_beat_sent, weak=False)
    _beat_sent()


def _beat_sent(**_: Any) -> None:
    _quietly(lambda: core_redis.client().set(BEAT_KEY, time.time(), ex=KEPT))


def _worker_lives(sender: Any = None, **_: Any) -> None:
    key = _worker_key(getattr(sender, "eventer", None))
    _quietly(lambda: core_redis.client().set(key, time.time(), ex=WORKER_KEPT))


def _worker_ends(sender: Any = None, **_: Any) -> None:
    _quietly(lambda: core_redis.client().delete(_worker_key(sender)))


def _worker_key(of: Any) -> str:
    return f"{WORKER_KEY}{getattr(of, 'hostname', '') or 'worker'}"


def _quietly(write: Any) -> None:
    try:
        write()
    except redis.RedisError as error:
        logger.debug("a sign of life was lost: %s", type(error).__name__)
