"""Which sessions that nobody carries are for this worker, and whether it carries too many itself."""

import logging
import time
import uuid
from collections.abc import Iterable

from sessions_app.cluster.nodes import owner_loads
from sessions_app.cluster.peers import Peer, peers_read
from sessions_app.cluster.placement import Place, delay, plan, surplus
from sessions_app.models import Session

from .timings import Timings

logger = logging.getLogger(__name__)

SAY_FULL_EVERY = 60.0


class Placing:
    """Used by the reconciler's thread only. All workers come to the same plan; who is slow is not waited for."""

    def __init__(self, *, node: str, timings: Timings) -> None:
        self._node = node
        self.peers: list[Peer] = []
        self._timings = timings
        self._begun = time.monotonic()
        self._loads: dict[str, int] = {}
        self._waiting: dict[uuid.UUID, float] = {}
        self._given_at = self._begun
        self._said_full = float("-inf")
        self.closed = False  # we take nothing more
        self.draining = False  # and give everything away

    def refresh(self) -> None:
        """Look anew who is there, and who carries how many."""
        self.peers, self._loads = peers_read(), owner_loads()

    @property
    def settles_in(self) -> float:
        """Others that start with us need so long to appear; 0 when they had their time."""
        return max(0.0, self._begun + self._timings.settle - time.monotonic())

    def mine(self, rows: Iterable[Session], *, complete: bool) -> list[Session]:
        """Those of these unowned sessions that are for us, now or when we have settled.

        `complete`: there are no others.
        """
        wanted = {row.pk: row for row in rows}
        if complete:
            self._waiting = {pk: since for pk, since in self._waiting.items() if pk in wanted}
        if self.closed or not wanted:
            return []
        now = time.monotonic()
        rankings = plan(wanted, self._places())
        if not all(rankings.values()):
            self._say_full(now, len(wanted))
        return [row for pk, row in wanted.items() if self._due(pk, rankings[pk], now)]

    def took(self, session_id: uuid.UUID) -> None:
        """One more is ours, before the next count says so."""
        self._waiting.pop(session_id, None)
        self._loads[self._node] = self._loads.get(self._node, 0) + 1

    def others_take(self) -> bool:
        """Is there anybody to hand sessions over to? For the thread that stops the worker: it looks for itself."""
        self.refresh()
        return any(place.room > 0 for place in self._places() if place.name != self._node)

    def gives_back(self) -> bool:
        """Is it time to give one session to somebody who carries clearly less?"""
        if self.closed or time.monotonic() - self._given_at < self._timings.give_back:
            return False
        places = {place.name: place for place in self._places()}
        me = places.pop(self._node, None)
        return me is not None and surplus(me, list(places.values()))

    def gave(self) -> None:
        """One was given."""
        self._given_at = time.monotonic()

    def leaving(self) -> set[str]:
        """Workers whose sessions will soon look for a place."""
        return {peer.name for peer in self.peers if peer.draining and not peer.buried and peer.name != self._node}

    def share(self) -> int:
        """Of so many workers that take sessions we are one."""
        return max(1, len(self._places()))

    def _due(self, session_id: uuid.UUID, ranking: list[str], now: float) -> bool:
        wait = delay(ranking, self._node)
        since = self._waiting.setdefault(session_id, max(now, self._begun + self._timings.settle))
        return wait == 0 or (wait is not None and now - since >= wait)

    def _places(self) -> list[Place]:
        return [Place(peer.name, self._loads.get(peer.name, 0), peer.capacity) for peer in self.peers if peer.takes]

    def _say_full(self, now: float, count: int) -> None:
        if now - self._said_full > SAY_FULL_EVERY:
            self._said_full = now
            logger.error("No worker has room for %d sessions: start more, or raise SESSION_WORKER_CAPACITY", count)
