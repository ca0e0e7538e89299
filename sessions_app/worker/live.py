"""What this worker knows in memory of the sessions that it owns."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from sessions_app.engine.base import RestartNeeded, SendFinished
from sessions_app.engine.deadlines import Timer
from sessions_app.engine.states import SENDING_STATES, State
from sessions_app.models import Session
from sessions_app.pacing import Bucket

from .suspicion import Suspicion

if TYPE_CHECKING:
    from .slot import Slot


@dataclass(slots=True, eq=False)
class Flight:
    """A claimed message on its way. `taken`: its outcome is being stored; `lost`: its host died before it told."""

    ref: str
    claim: str
    taken: bool = False
    lost: SendFinished | None = None


@dataclass(slots=True, eq=False)
class Live:
    """One owned session. `row` is a snapshot: what people want is read anew, what is here is what is."""

    row: Session
    state: State
    generation: int  # the last one that was acted upon
    slot: "Slot | None" = None
    since: float = field(default_factory=time.monotonic)

    recovered: bool = False  # what a dead owner or host left behind is stored
    busy: bool = False  # an action is under way
    pause_until: float = 0.0  # an action failed
    overflowed: bool = False  # events were dropped; they are in the spool and come again with the next start
    just_paired: bool = False  # a snapshot is due at once
    restart: RestartNeeded | None = None
    suspicion: Suspicion = field(default_factory=Suspicion)
    failures: int = 0
    not_before: float = 0.0

    lock: threading.Lock = field(default_factory=threading.Lock)
    held: bool = False  # no new sends
    flight: Flight | None = None
    claim: str = ""  # a claim whose success is not known yet
    strays: bool = False  # look for messages that a former owner claimed late
    advancing: bool = False
    again: bool = False
    send_failures: int = 0
    send_not_before: float = 0.0
    timer: Timer | None = None  # the pace makes the next message wait
    bucket: Bucket = field(default_factory=Bucket)
    doubts: bool = True  # look for the ids that attempts of unknown outcome used

    def __post_init__(self) -> None:
        if until := self.row.isolated_until:
            self.suspicion.condemned_until = time.monotonic() + (until - timezone.now()).total_seconds()

    @property
    def id(self) -> uuid.UUID:
        return self.row.pk

    @property
    def running(self) -> bool:
        """Has it a place in a host that lives?"""
        slot = self.slot  # read once: another thread may be taking the session out of it
        return slot is not None and not slot.dead

    @property
    def can_send(self) -> bool:
        return self.running and not self.held and self.state in SENDING_STATES

    def enter(self, state: State) -> None:
        """Note an actual state; deadlines count from the change."""
        if state is not self.state:
            self.state, self.since = state, time.monotonic()
        if state is State.CONNECTED:
            self.send_failures, self.send_not_before = 0, 0.0

    def back_off(self, *, first: float, most: float, forget: float) -> None:
        """Wait longer after each failure; a session that was up for a while starts from the beginning."""
        now = time.monotonic()
        if self.state in SENDING_STATES and now - self.since > forget:
            self.failures = 0
        delay: float = min(most, first * 2**self.failures)
        self.failures = min(self.failures + 1, 16)
        self.not_before = now + delay * random.uniform(0.5, 1.0)  # noqa: S311 spreads restarts, keeps no secret


class Registry:
    """The owned sessions, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lives: dict[uuid.UUID, Live] = {}
        self._let_go: dict[uuid.UUID, int] = {}

    def add(self, live: Live) -> None:
        with self._lock:
            self._lives[live.id] = live

    def get(self, session_id: uuid.UUID | str) -> Live | None:
        key = session_id if isinstance(session_id, uuid.UUID) else uuid.UUID(session_id)
        return self._lives.get(key)

    def drop(self, session_id: uuid.UUID) -> None:
        with self._lock:
            self._lives.pop(session_id, None)

    def let_go(self, live: Live) -> None:
        """It was given back: a row that was read before is not to be believed."""
        with self._lock:
            self._let_go[live.id] = live.row.epoch
            if self._lives.get(live.id) is live:
                del self._lives[live.id]

    def was_let_go(self, row: Session) -> bool:
        """Does the row speak of a time before we gave the session back?"""
        return row.epoch <= self._let_go.get(row.pk, -1)

    def all(self) -> list[Live]:
        with self._lock:
            return list(self._lives.values())
