"""Redis as a witness: a hash of nodes and their beats. It may forget, so a taker asks it last."""

from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .silence import Beats

KEY = "wa:nodes"
DEAD = "dead"

BEAT = """
local seen = redis.call('HGET', KEYS[1], ARGV[1])
if seen == 'dead' or (seen and tonumber(seen) > tonumber(ARGV[2])) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""
# The server may have been restarted, and have lost beats, since we read them: then our reading means nothing.
BURY = """
if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[3] then return 0 end
local seen = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if seen ~= ARGV[2] and seen ~= 'dead' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], 'dead')
return 1
"""


class RedisWitness:
    """Each call gives up within its deadline."""

    def __init__(self, url: str, *, deadline: float, key: str = KEY) -> None:
        self._key = key
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=deadline / 2,
            socket_connect_timeout=deadline / 2,
            retry=Retry(NoBackoff(), 1),  # a pooled connection may have died since the last beat
        )
        self._beat = self._client.register_script(BEAT)
        self._bury = self._client.register_script(BURY)

    def beat(self, node: str, beats: int) -> bool:
        """Tell that `node` lives; False when it was buried."""
        return bool(self._beat(keys=[self._key], args=[node, beats]))

    def read(self, nodes: list[str]) -> tuple[dict[str, Beats], str]:
        """The beats of these nodes, and which run of the server says so."""
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._key)
            pipe.info("server")
            known, info = pipe.execute()
        return {node: _beats(known.get(node.encode())) for node in nodes}, str(info["run_id"])

    def bury(self, node: str, beats: Beats, *, source: str) -> bool:
        """Take no more beats of it, unless it has beaten since; True when it is buried."""
        return bool(self._bury(keys=[self._key], args=[node, "" if beats is None else beats, source]))

    def release(self, node: str) -> None:
        """It surely runs nothing any more."""
        cast("Any", self._client).hset(self._key, node, DEAD)

    def forget(self, nodes: list[str]) -> None:
        """The database has forgotten these as well."""
        if nodes:
            self._client.hdel(self._key, *nodes)

    def close(self) -> None:
        self._client.close()


def _beats(value: bytes | None) -> Beats:
    return None if value is None or value == DEAD.encode() else int(value)
