"""The cache holds counters and small JSON values; never pickles, which whoever can write to Redis could arm."""

import json
from typing import Any

from django.core.cache.backends.redis import RedisCache


class JSONSerializer:
    """Plain numbers stay numbers, so that Redis can count them."""

    def dumps(self, value: Any) -> Any:
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class CounterCache(RedisCache):
    """Counts in one round trip; the framework asks whether the key exists first."""

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version=version)
        client = self._cache.get_client(name, write=True)
        return int(client.incr(name, delta))
