"""Which worker should carry which session. Pure functions; all workers compute the same from the same rows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

Key = TypeVar("Key")

STEP = 0.5
"""Seconds that each next worker waits before it takes a session which a better placed one has left lying."""

TOLERANCE = 1.2
"""A worker gives a session back only when it carries more than this much of its fair share."""


@dataclass(frozen=True, slots=True)
class Place:
    """A worker that takes sessions, and how many it carries."""

    name: str
    load: int
    capacity: int

    @property
    def room(self) -> int:
        return self.capacity - self.load


def plan(sessions: Iterable[Key], places: Sequence[Place]) -> dict[Key, list[str]]:
    """For each session the workers that have room for it, best first: the least loaded, then by rendezvous hash.

    Each assignment counts as load for the next, so a dead worker's sessions spread over the others.
    """
    loads = {place.name: place for place in places}
    found: dict[Key, list[str]] = {}
    for session in sorted(sessions, key=str):
        open_ = [place for place in loads.values() if place.room > 0]
        ranked = sorted(open_, key=lambda place: (place.load, _weight(place.name, session)))
        found[session] = [place.name for place in ranked]
        if ranked:
            loads[ranked[0].name] = replace(ranked[0], load=ranked[0].load + 1)
    return found


def delay(ranking: Sequence[str], me: str) -> float | None:
    """How long to leave the session to those better placed; None: it is not for us."""
    return STEP * ranking.index(me) if me in ranking else None


def surplus(me: Place, others: Sequence[Place]) -> bool:
    """Should we give one session back, because others with room carry clearly less?"""
    total = me.load + sum(place.load for place in others)
    fair = -(-total // (len(others) + 1))
    if me.load > me.capacity:
        return any(place.room > 0 for place in others)
    # The taker must stay below us, or the session would wander.
    helps = any(place.room > 0 and place.load + 1 < me.load for place in others)
    return helps and me.load > fair * TOLERANCE


def _weight(name: str, session: object) -> bytes:
    return hashlib.blake2b(f"{name}/{session}".encode(), digest_size=8).digest()
