"""Makes actual follow desired: reads what people want, decides, and has it done."""

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.db.models import Q

from sessions_app import ownership
from sessions_app.engine.states import FINAL_STATES, Reason, State
from sessions_app.models import Desired, Session
from whatsapp_api.core.logs import about

from . import autostart
from .actions import Actions
from .decide import Action, decide, needs_owner
from .durable import connection_reset
from .hosts import HostPool
from .intake import Intake
from .live import Live, Registry
from .placing import Placing
from .timings import Timings

logger = logging.getLogger(__name__)

THREADS = 8
HANDED_AT_ONCE = 2
"""A session is nobody's while it is handed over: better few for a moment than all for as long as all take."""
POLL = 0.02


class Reconciler:
    """One thread looks, a few act. Woken for single sessions, and over all of them every second."""

    def __init__(
        self,
        *,
        node: str,
        registry: Registry,
        actions: Actions,
        intake: Intake,
        pool: HostPool,
        timings: Timings,
        placing: Placing,
        may_act: Callable[[], bool],
        born: datetime,
        on_sweep: Callable[[], None],
    ) -> None:
        self._node = node
        self._born = born
        self._placing = placing
        self._may_act = may_act
        self._registry = registry
        self._actions = actions
        self._intake = intake
        self._pool = pool
        self._timings = timings
        self._on_sweep = on_sweep
        self._changed = threading.Condition()
        self._woken: set[uuid.UUID] = set()
        self._everything = True
        self._closing = False
        self._dead: set[str] = set()
        self._free = False  # are there sessions that nobody carries yet?
        self._given: Live | None = None
        self._away = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sessions")
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self, session_id: uuid.UUID | None = None) -> None:
        """Look at this session, or at all, now."""
        with self._changed:
            if session_id is None:
                self._everything = True
            else:
                self._woken.add(session_id)
            self._changed.notify()

    def hand_over_all(self, *, within: float) -> int:
        """Take nothing more and give everything to others, a few at a time; how many are left."""
        self._placing.draining = True
        self.wake()
        deadline = time.monotonic() + within
        while (left := self._registry.all()) and time.monotonic() < deadline:
            time.sleep(POLL)
        return len(left)

    def stop(self, *, within: float) -> None:
        """Decide nothing more; actions under way may end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(within)
        self._threads.shutdown(wait=False, cancel_futures=True)

    # -- the thread ---------------------------------------------------------------------------------
    def _run(self) -> None:
        due = 0.0
        while True:
            with self._changed:
                wait = due - time.monotonic()
                if wait > 0 and not (self._woken or self._everything or self._closing):
                    self._changed.wait(wait)
                if self._closing:
                    return
                woken, self._woken = self._woken, set()
                everything, self._everything = self._everything or time.monotonic() >= due, False
            if everything:
                due = time.monotonic() + min(self._timings.sweep, self._placing.settles_in or self._timings.sweep)
            self._pass(None if everything else woken)

    def _pass(self, session_ids: set[uuid.UUID] | None) -> None:
        if not self._may_act():
            return
        try:
            if session_ids is None:
                self._dead = ownership.dead_owners(self._node)
                self._placing.refresh()
            self._look(session_ids)
            if session_ids is None:
                self._balance()
                self._on_sweep()
        except Exception as error:
            connection_reset()
            if not self._away:
                logger.exception("Sessions cannot be looked at (%s); trying on", type(error).__name__)
            self._away = True
        else:
            self._away = False

    def _look(self, session_ids: set[uuid.UUID] | None) -> None:
        ours = Q(owner__in=[self._node, "", *self._dead])
        rows = Session.objects.filter(ours) if session_ids is None else Session.objects.filter(pk__in=session_ids)
        found = {row.pk: row for row in rows.order_by()}
        self._take_from([row for row in found.values() if self._is_free(row)], complete=session_ids is None)
        lives = {row.pk: live for row in found.values() if (live := self._own(row)) is not None}
        self._fence(found, session_ids)
        plan = [(live, found[pk], self._decide(found[pk], live)) for pk, live in lives.items()]
        self._warm(row for _, row, action in plan if action is Action.START and row.is_paired)
        for live, row, action in plan:
            if action is not None and not (self._placing.draining and self._busy() >= HANDED_AT_ONCE):
                self._do(live, action.name, partial(self._actions.table[action], live, row))

    def _decide(self, row: Session, live: Live) -> Action | None:
        if self._placing.draining:
            return None if live.busy else Action.HAND_OVER
        return decide(row, live, self._timings)

    # -- what is ours -------------------------------------------------------------------------------
    def _own(self, row: Session) -> Live | None:
        """What we know of a session that is ours."""
        if row.owner != self._node or self._registry.was_let_go(row):
            return None
        live = self._registry.get(row.pk)
        if live is None:  # taken, and then the database was away
            return self._carry(row, lost=True)
        if live.row.epoch != row.epoch:
            return None
        live.row = row
        return live

    def _is_free(self, row: Session) -> bool:
        """Does nobody carry it, and is there anything to do about it?"""
        if self._registry.get(row.pk) is not None:
            return False
        return row.owner in self._dead or (not row.owner and needs_owner(row))

    def _take_from(self, free: list[Session], *, complete: bool) -> None:
        """Take those that are placed here. Until others had time to appear, only prepare for them."""
        rows, self._free = self._placing.mine(free, complete=complete), bool(free)
        if self._placing.settles_in:
            self._warm(row for row in rows if row.is_paired and needs_owner(row))
            return
        for row in rows:
            autostart.settle(row, born=self._born)
            lost = row.owner != ""
            if ownership.take(row, node=self._node):
                self._placing.took(row.pk)
                self._carry(row, lost=lost)

    def _balance(self) -> None:
        """Prepare for the sessions of workers that are about to stop; give one back if we carry too many."""
        if leaving := self._placing.leaving():
            rows = list(Session.objects.filter(owner__in=leaving, desired=Desired.STARTED))
            self._warm(rows[:: self._placing.share()])
        given = self._given
        if given is not None and self._registry.get(given.id) is given:
            self._placing.gave()  # it is still on its way: the pause begins after it
            return
        if self._free or not self._placing.gives_back():
            return
        for live in self._registry.all():
            if live.state is State.CONNECTED and live.running and live.flight is None and not live.busy:
                self._placing.gave()
                self._given = live
                self._do(live, "HAND_OVER", partial(self._actions.hand_over, live, live.row))
                return

    def _carry(self, row: Session, *, lost: bool) -> Live:
        live = Live(row=row, state=State(row.state), generation=row.state_generation)
        self._registry.add(live)
        if lost and live.state not in FINAL_STATES and row.desired == Desired.STARTED:
            state = State.RECONNECTING if row.is_paired else State.STARTING
            self._intake.announce(live, state, Reason.WORKER_LOST)
        return live

    def _fence(self, found: dict[uuid.UUID, Session], session_ids: set[uuid.UUID] | None) -> None:
        """Sessions that we carry and that are not ours any more: taken by somebody, or deleted behind our back."""
        for live in self._registry.all():
            if live.busy or (session_ids is not None and live.id not in session_ids):
                continue
            row = found.get(live.id)
            if row is None or row.owner != self._node or row.epoch != live.row.epoch:
                self._do(live, "FENCE", partial(self._actions.fence, live))

    def _warm(self, rows: Iterable[Session]) -> None:
        for provider, count in Counter(row.provider for row in rows).items():
            self._pool.warm(provider, count)

    # -- acting -------------------------------------------------------------------------------------
    def _do(self, live: Live, name: str, work: Callable[[], None]) -> None:
        live.busy = True
        try:
            self._threads.submit(self._guarded, live, name, work)
        except RuntimeError:  # stopping
            live.busy = False

    def _guarded(self, live: Live, name: str, work: Callable[[], None]) -> None:
        with about(session_id=live.id):
            try:
                work()
            except Exception:
                connection_reset()
                live.pause_until = time.monotonic() + self._timings.sweep
                logger.exception("Session %s: %s failed, to be tried again", live.id, name)
            finally:
                live.busy = False
                self.wake(live.id)
                if self._placing.draining:
                    self._wake_next()

    def _busy(self) -> int:
        return sum(live.busy for live in self._registry.all())

    def _wake_next(self) -> None:
        for live in [live for live in self._registry.all() if not live.busy][:HANDED_AT_ONCE]:
            self.wake(live.id)
