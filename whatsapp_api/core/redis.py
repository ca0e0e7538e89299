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


def ages(redis_client: redis.Redis, prefix: str, *, kept: float) -> dict[str, float]:
    """Seconds since each key below `prefix` was written to be kept for `kept` seconds, by the rest of its name.

    Read from what is left of that time: clocks of several machines need not agree. Raises RedisError.
    """
    keys = list(redis_client.scan_iter(f"{prefix}*", count=1000))
    reading = redis_client.pipeline(transaction=False)
    for key in keys:
        reading.pttl(key)
    left = zip(keys, reading.execute(), strict=True)
    return {key.decode().removeprefix(prefix): kept - ms / 1000 for key, ms in left if ms >= 0}
