"""One Redis for broker, channel layer, cache and command streams; REDIS_URL names it, TCP or unix socket."""

from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """The process-wide client: pooled, thread-safe, with a deadline on every call."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=5,
        socket_connect_timeout=2,
        health_check_interval=15,
        max_connections=200,
    )
