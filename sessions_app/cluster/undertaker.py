"""Finds out which workers are dead, so that their sessions may be taken. The order of its steps is what makes it safe.

1. Neither witness has shown a new beat for a whole lease: the node has stopped by itself, or it is gone.
2. Bury it in the database, if it is still silent there. From then on its beats are refused, for good.
3. Then in Redis, if it is still silent there. Not before: Redis may forget a burial, and the node could go on.
4. Only then the database says that it is dead.
"""

from collections.abc import Callable
from typing import Protocol

from whatsapp_api.core.clock import steady

from .peers import Peer
from .silence import Beats, Silence


class DatabaseSide(Protocol):
    def read(self) -> list[Peer]: ...
    def bury(self, node: str, beats: int) -> bool: ...
    def declare_dead(self, node: str) -> bool: ...


class RedisSide(Protocol):
    def read(self, nodes: list[str]) -> tuple[dict[str, Beats], str]: ...
    def bury(self, node: str, beats: Beats, *, source: str) -> bool: ...


class Undertaker:
    """One per worker. `look_*` are called with every beat, each from the thread of its witness."""

    def __init__(
        self,
        database: DatabaseSide,
        redis: RedisSide,
        *,
        me: str,
        ttl: float,
        clock: Callable[[], float] = steady,
    ) -> None:
        self._database = database
        self._redis = redis
        self._me = me
        self._ttl = ttl
        self._clock = clock
        self._in_database = Silence(clock=clock)
        self._in_redis = Silence(clock=clock)
        self.peers: list[Peer] = []

    def look_at_database(self) -> None:
        """Read who is there."""
        asked = self._clock()
        peers = self._database.read()
        self._in_database.note({peer.name: peer.beats for peer in peers}, asked=asked)
        self.peers = peers

    def look_at_redis(self) -> None:
        """Read what Redis knows of those."""
        asked = self._clock()
        beats, source = self._redis.read([peer.name for peer in self.peers])
        self._in_redis.note(beats, asked=asked, source=source)

    def suspects(self) -> list[Peer]:
        """Those that neither witness has heard of for a whole lease."""
        return [peer for peer in self.peers if peer.name != self._me and self._silent(peer)]

    def bury(self, peer: Peer) -> bool:
        """Steps 2 to 4; True when it is dead and we are the first to say so. Harmless to break off and to repeat."""
        if not self._silent(peer):
            return False
        name = peer.name
        if not peer.buried and not self._database.bury(name, peer.beats):
            return False
        seen, source = self._in_redis.last(name), self._in_redis.source
        return self._redis.bury(name, seen, source=source) and self._database.declare_dead(name)

    def _silent(self, peer: Peer) -> bool:
        in_database = peer.buried or self._in_database.silent(peer.name, ttl=self._ttl)
        return in_database and self._in_redis.silent(peer.name, ttl=self._ttl)
