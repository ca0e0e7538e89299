"""The database as a witness: a row per node. Each call is one statement, and gives up before the next is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from whatsapp_api.core.db import lock_wait, on_mongodb

from .models import Node
from .peers import Peer, peers_read


class DatabaseWitness:
    """What it knows is durable: a burial is never forgotten, so a taker asks here first."""

    def __init__(self, *, deadline: float) -> None:
        self._deadline = deadline

    def register(self, node: str, **fields: Any) -> None:
        """The first beat."""
        with self._in_time():
            Node.objects.create(name=node, beats=1, seen_at=timezone.now(), **fields)

    def beat(self, node: str, beats: int, **news: Any) -> bool:
        """Tell that `node` lives, and what is new about it; False when it was buried."""
        with self._in_time():
            rows = Node.objects.filter(name=node, buried_at=None, beats__lte=beats)
            return bool(rows.update(beats=beats, seen_at=Now(), **news))

    def read(self) -> list[Peer]:
        """Every node that is not dead."""
        with self._in_time():
            return peers_read()

    def bury(self, node: str, beats: int) -> bool:
        """Take no more beats of it, unless it has beaten since; True when it is buried."""
        with self._in_time():
            rows = Node.objects.filter(name=node, buried_at=None, beats=beats)
            buried = rows.update(buried_at=Now(), cause="silent")
            return bool(buried) or Node.objects.filter(name=node).exclude(buried_at=None).exists()

    def declare_dead(self, node: str) -> bool:
        """Both witnesses have buried it: its sessions are free. True when we are the first to say so."""
        with self._in_time():
            rows = Node.objects.filter(name=node, dead_at=None).exclude(buried_at=None)
            return bool(rows.update(dead_at=Now()))

    def release(self, node: str, *, cause: str) -> bool:
        """It surely runs nothing any more, so nobody has to wait. True when we are the first to say so."""
        with self._in_time():
            rows = Node.objects.filter(name=node, dead_at=None)
            return bool(rows.update(buried_at=Now(), dead_at=Now(), draining=True, cause=cause))

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        if on_mongodb():
            import pymongo

            with pymongo.timeout(self._deadline):
                yield
        else:
            with lock_wait(self._deadline):
                yield
