"""Two witnesses, a session and nodes whose messages take any time: the lease protocol without machines.

The nodes run the product's own `Lease`, `Heart` and `Undertaker`; only servers, network and time are made up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sessions_app.cluster.heart import Heart
from sessions_app.cluster.lease import Lease, Witness
from sessions_app.cluster.peers import Peer
from sessions_app.cluster.undertaker import Undertaker
from tests.cluster.tasks import under_way

TTL = 10.0
MARGIN = 2.0


@dataclass
class Row:
    beats: int = 1
    buried: bool = False
    dead: bool = False


class Database:
    """Durable, and each call is atomic."""

    def __init__(self) -> None:
        self.nodes: dict[str, Row] = {}
        self.owner, self.epoch = "", 0

    def register(self, name: str) -> None:
        self.nodes[name] = Row()

    def beat(self, name: str, beats: int) -> bool:
        row = self.nodes[name]
        if row.buried or row.beats > beats:
            return False
        row.beats = beats
        return True

    def read(self) -> list[Peer]:
        return [
            Peer(name=name, beats=row.beats, buried=row.buried, draining=False, capacity=9)
            for name, row in self.nodes.items()
            if not row.dead
        ]

    def bury(self, name: str, beats: int) -> bool:
        row = self.nodes[name]
        row.buried = row.buried or row.beats == beats
        return row.buried

    def declare_dead(self, name: str) -> bool:
        row = self.nodes[name]
        row.dead = row.buried
        return row.dead

    def release(self, name: str) -> None:
        self.nodes[name] = Row(buried=True, dead=True)

    def may_be_taken(self) -> tuple[str, int] | None:
        free = not self.owner or self.nodes[self.owner].dead
        return (self.owner, self.epoch) if free else None

    def take(self, name: str, seen: tuple[str, int]) -> int | None:
        if (self.owner, self.epoch) != seen:
            return None
        self.owner, self.epoch = name, self.epoch + 1
        return self.epoch

    def write(self, epoch: int, writer: str) -> bool:
        if self.epoch != epoch:
            return False
        assert self.owner == writer
        return True


class Redis:
    """May be restarted, and then know only what it knew at some earlier time."""

    def __init__(self) -> None:
        self.beats: dict[str, int | None] = {}
        self.run = 1
        self.past: list[dict[str, int | None]] = [{}]

    def restart(self, back_to: int) -> None:
        self.beats = dict(self.past[max(back_to, -len(self.past))])
        self.run += 1

    def beat(self, name: str, beats: int) -> bool:
        seen = self.beats.get(name, 0)
        if seen is None or seen > beats:
            return False
        self._set(name, beats)
        return True

    def read(self, names: list[str]) -> tuple[dict[str, int | None], str]:
        return {name: self.beats.get(name) for name in names}, str(self.run)

    def bury(self, name: str, beats: int | None, *, source: str) -> bool:
        """None in our table means buried; None from the caller that it saw nothing."""
        if source != str(self.run):
            return False
        known: int | str | None = self.beats.get(name, "nothing")  # type: ignore[arg-type]
        if known is not None and known != ("nothing" if beats is None else beats):
            return False
        self._set(name, None)
        return True

    def _set(self, name: str, value: int | None) -> None:
        self.beats[name] = value
        self.past.append(dict(self.beats))


class Remote:
    """A server at the end of a network: each call stops the task on its way there and on its way back."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            under_way()
            answer = getattr(self._server, name)(*arguments, **named)
            under_way()
            return answer

        return call


@dataclass
class Model:
    """One node: the product's logic, and the session if it believes to own it."""

    name: str
    database: Remote
    redis: Remote
    clock: Callable[[], float]
    epoch: int | None = None
    joined: bool = False
    lease: Lease = field(init=False)
    undertaker: Undertaker = field(init=False)
    hearts: dict[Witness, Heart] = field(init=False)

    def __post_init__(self) -> None:
        self.lease = Lease(ttl=TTL, margin=MARGIN, clock=self.clock)
        self.undertaker = Undertaker(self.database, self.redis, me=self.name, ttl=TTL, clock=self.clock)
        self.hearts = {
            Witness.DATABASE: self._heart(Witness.DATABASE, self.database, self.undertaker.look_at_database),
            Witness.REDIS: self._heart(Witness.REDIS, self.redis, self.undertaker.look_at_redis),
        }

    def join(self) -> None:
        sent = self.clock()
        self.database.register(self.name)
        self.joined = self.lease.extend(Witness.DATABASE, sent)

    def beat(self, witness: Witness) -> None:
        if self.joined and not self.lease.over:
            self.hearts[witness].once()

    def bury(self) -> None:
        for peer in self.undertaker.suspects():
            self.undertaker.bury(peer)

    def take(self) -> None:
        if self.lease.valid and (seen := self.database.may_be_taken()):
            self.epoch = self.database.take(self.name, seen) or self.epoch

    def write(self) -> bool:
        return self.epoch is not None and self.lease.valid and bool(self.database.write(self.epoch, self.name))

    def leave(self) -> None:
        self.lease.end()
        if self.joined:
            self.database.release(self.name)

    @property
    def acts(self) -> bool:
        """Would it touch the session now? Asked without the side effect of noticing that the lease is over."""
        return self.epoch is not None and self.clock() < self.lease.until

    def _heart(self, witness: Witness, server: Remote, after: Callable[[], None]) -> Heart:
        return Heart(
            witness,
            self.lease,
            interval=TTL / 4,
            beat=lambda number: bool(server.beat(self.name, number)),
            after=after,
            clock=self.clock,
        )
