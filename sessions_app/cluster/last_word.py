"""What the parent of a dead worker tells those that live, over Redis alone: loading Django takes it seconds.

The word is a hint on the stream that all sessions workers read; whoever hears it releases the dead one's lease in both
witnesses. That Redis then calls it dead is the answer.
"""

import time
from typing import Any, cast

import redis

from .redis_witness import DEAD, KEY
from .streams import STREAM_LENGTH, WAKE_STREAM

DEADLINE = 0.5
POLL = 0.02


class LastWord:
    """Raises RedisError; each call gives up within half a second."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE)

    def tell(self, names: list[str], *, wait: float) -> bool:
        """No process of these nodes is left. True when others have seen to it; at once False when there are none."""
        if not self._living() - set(names):
            return False
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.xadd(WAKE_STREAM, {"cluster": "1", "gone": name}, maxlen=STREAM_LENGTH, approximate=True)
            pipe.execute()
        deadline = time.monotonic() + wait
        while self._living() & set(names):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return True

    def _living(self) -> set[str]:
        known = cast("dict[bytes, Any]", self._client.hgetall(KEY))
        return {name.decode() for name, beats in known.items() if beats != DEAD.encode()}
