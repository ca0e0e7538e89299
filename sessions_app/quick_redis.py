"""A Redis client that gives up soon: whoever uses it answers a person or holds a thread that others wait for."""

import functools

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

BLOCK_SECONDS = 1.0
"""How long a blocking command may wait on the server; less than the socket's own deadline."""


@functools.lru_cache(maxsize=1)
def client() -> redis.Redis:
    """The process-wide client. One retry, at once: a pooled connection may have died of old age."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BLOCK_SECONDS + 1,
        socket_connect_timeout=1,
        health_check_interval=15,
        max_connections=200,
        retry=Retry(NoBackoff(), 1),
    )
