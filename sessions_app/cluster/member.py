"""This worker's membership of the cluster: its beats, its view of the others, its end."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.db import DatabaseError, IntegrityError, connection

from sessions_app import commands
from whatsapp_api.core.clock import steady

from .database_witness import DatabaseWitness
from .heart import Heart
from .lease import Lease, Witness
from .life_file import LifeFile, life_files_prune
from .nodes import node_drain, nodes_prune
from .peers import Peer
from .redis_witness import RedisWitness
from .undertaker import Undertaker

logger = logging.getLogger(__name__)

BEATS = 4  # a lease survives three lost ones
DEADLINE = 0.8  # of the time between two beats
MARGIN = 0.2  # of the lease: time to end hosts, and for clocks that do not run alike
WATCH_EVERY = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSettings:
    """What does not change while the worker runs."""

    ttl: float
    redis_url: str
    life_folder: Path
    host: str = ""
    version: str = ""
    capacity: int = 0

    @property
    def interval(self) -> float:
        return self.ttl / BEATS


class Member:
    """One incarnation. `join` once; then either `leave`, or the lease ends by itself and `on_fence` is called.

    `on_beat(until)`: whatever runs for us must have stopped at `until` unless told a later time.
    `on_death(name)`: a worker was found dead, its sessions may be taken.
    """

    def __init__(
        self,
        name: str,
        settings: MemberSettings,
        *,
        on_fence: Callable[[], None],
        on_beat: Callable[[float], None] = lambda until: None,
        on_death: Callable[[str], None] = lambda name: None,
        news: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.name = name
        self.settings = settings
        self.lease = Lease(ttl=settings.ttl, margin=settings.ttl * MARGIN)
        self.life_fd: int | None = None
        self._reported: set[str] = set()
        self._on_fence = on_fence
        self._on_beat = on_beat
        self._on_death = on_death
        self._news = news
        self._life = LifeFile(settings.life_folder, name)
        deadline = settings.interval * DEADLINE
        self._database = DatabaseWitness(deadline=deadline)
        self._redis = RedisWitness(settings.redis_url, deadline=deadline)
        self._undertaker = Undertaker(self._database, self._redis, me=name, ttl=settings.ttl)
        self._hearts = (
            self._heart(Witness.DATABASE, self._beat_database, self._after_database),
            self._heart(Witness.REDIS, self._beat_redis, self._after_redis),
        )
        self._telling = threading.Lock()
        self._left = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="lease-watchdog", daemon=True)

    # -- life ---------------------------------------------------------------------------------------
    def join(self) -> None:
        """Become known. May be repeated after a database error."""
        if self.life_fd is None:
            self.life_fd = self._life.hold()
        sent = steady()
        self._register()
        self.lease.extend(Witness.DATABASE, sent)
        self._undertaker.look_at_database()
        nodes_prune()
        life_files_prune(self.settings.life_folder, keep={peer.name for peer in self.peers})
        for heart in self._hearts:
            heart.start()
        self._watchdog.start()
        commands.wake_cluster()

    def leave(self, *, cause: str = "stopped") -> None:
        """Everything has stopped: let others take over at once. Raises nothing; then they wait for the lease."""
        self.retire()
        self.report(cause=cause)

    def retire(self) -> None:
        """Beat no more, act no more."""
        self._left.set()
        self.lease.end()
        for heart in self._hearts:
            heart.stop()

    def report(self, *, cause: str) -> bool:
        """Say that nothing of this node runs any more. True when the database knows."""
        try:
            self._database.release(self.name, cause=cause)
        except DatabaseError as error:
            connection.close()
            logger.warning("Lease: the end of %s could not be recorded: %s", self.name, type(error).__name__)
            return False
        self._life.drop()
        self._life.remove()
        self._tell_redis(self.name)
        commands.wake_cluster()
        return True

    @property
    def life_file(self) -> Path:
        """What proves to others on this machine that our processes live."""
        return self.settings.life_folder / self.name

    def drain(self) -> None:
        """Tell the others that our sessions will be theirs. Raises nothing; then they see it when we are gone."""
        try:
            node_drain(self.name)
        except DatabaseError as error:
            connection.close()
            logger.warning("Lease: draining could not be announced: %s", type(error).__name__)
        commands.wake_cluster()

    # -- the others ---------------------------------------------------------------------------------
    @property
    def peers(self) -> list[Peer]:
        """Every worker that is not dead, this one included, as of the last beat."""
        return self._undertaker.peers

    def look(self, gone: str = "") -> None:
        """Beat and look at the others now. `gone`: one that its parent says nothing runs of any more."""
        if gone and gone != self.name:
            self._reported.add(gone)
        for heart in self._hearts:
            heart.hurry()

    def _register(self) -> None:
        settings = self.settings
        about = {"host": settings.host, "version": settings.version, "capacity": settings.capacity}
        try:
            self._database.register(self.name, **about, info={"pid": os.getpid()})
        except IntegrityError:  # an attempt whose answer was lost
            if not self._database.beat(self.name, 1):
                self.lease.end()

    # -- the hearts ---------------------------------------------------------------------------------
    def _heart(self, witness: Witness, beat: Callable[[int], bool], after: Callable[[], None]) -> Heart:
        return Heart(witness, self.lease, interval=self.settings.interval, beat=beat, after=after)

    def _beat_database(self, number: int) -> bool:
        try:
            return self._database.beat(self.name, number, **self._news())
        except DatabaseError:
            connection.close()
            raise

    def _beat_redis(self, number: int) -> bool:
        return self._redis.beat(self.name, number)

    def _after_database(self) -> None:
        self._tell_until()
        self._undertaker.look_at_database()
        for name in self._gone():
            if self._database.release(name, cause="processes gone"):
                self._found_dead(name, "its processes are gone")
            LifeFile(self.settings.life_folder, name).remove()
            self._reported.discard(name)
            self._tell_redis(name)
        for peer in self._undertaker.suspects():
            if self._undertaker.bury(peer):
                self._found_dead(peer.name, f"it was silent for {self.settings.ttl:.1f} s")

    def _after_redis(self) -> None:
        self._tell_until()
        self._undertaker.look_at_redis()

    def _tell_until(self) -> None:
        with self._telling:  # two hearts beat: who was held up must not say last what it knew first
            self._on_beat(self.lease.until)

    def _gone(self) -> list[str]:
        """Others whose last process has ended: their parent says so, or it is seen on this machine."""
        names = [peer.name for peer in self.peers if peer.name != self.name]
        return [name for name in names if name in self._reported or LifeFile(self.settings.life_folder, name).gone()]

    def _tell_redis(self, name: str) -> None:
        with contextlib.suppress(redis.RedisError):
            self._redis.release(name)

    def _found_dead(self, name: str, how: str) -> None:
        logger.warning("Lease: %s is dead, %s", name, how)
        self._on_death(name)

    # -- the end ------------------------------------------------------------------------------------
    def _watch(self) -> None:
        while not self._left.wait(WATCH_EVERY):
            if self.lease.over:
                logger.error("Lease: %s could not be renewed in time, everything stops", self.name)
                self._left.set()
                self._on_fence()
                return
            if self._gone():
                self._hearts[0].hurry()
