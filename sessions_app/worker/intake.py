"""Events from hosts: noted in memory at once, stored in order, then acknowledged."""

import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable

from sessions_app.engine.base import EngineEvent, Paired, PairingCode, QrCode, RestartNeeded, SendFinished, StateChanged
from sessions_app.engine.states import FINAL_STATES, SENDING_STATES, Reason, State
from sessions_app.hooks import outboxes
from sessions_app.inbound import event_store
from sessions_app.models import Session

from .durable import Faulty, Stopping, describe, durably
from .hosts import Slot
from .lanes import Lanes
from .live import Live, Registry

logger = logging.getLogger(__name__)

VOLATILE = (StateChanged, QrCode, PairingCode, RestartNeeded)
"""These speak of a run of the engine, not of something that happened: those of an earlier host mean nothing."""


class Intake:
    """`heard` runs on the reader threads of hosts: it never waits for a database or for Redis."""

    def __init__(
        self,
        *,
        registry: Registry,
        lanes: Lanes,
        stopping: threading.Event,
        on_change: Callable[[uuid.UUID], None],
        on_sendable: Callable[[Live], None],
        on_sent: Callable[[Live, Slot, SendFinished, int | None], bool],
    ) -> None:
        self._registry = registry
        self._lanes = lanes
        self._stopping = stopping
        self._on_change = on_change
        self._on_sendable = on_sendable
        self._on_sent = on_sent
        self.faulty = 0

    def heard(self, slot: Slot, event: EngineEvent, seq: int | None) -> None:
        """One event of a host. What we do not take stays in its session's spool."""
        live = self._registry.get(event.session)
        if live is None or (isinstance(event, VOLATILE) and live.slot is not slot):
            return
        match event:
            case RestartNeeded():
                live.restart = event
                self._on_change(live.id)
            case StateChanged():
                self._state(live, event)
            case SendFinished() if self._on_sent(live, slot, event, seq):
                pass
            case _:
                self._queue(live, slot, event, seq)

    def announce(self, live: Live, state: State, reason: Reason = Reason.NONE, text: str = "") -> None:
        """A state that the worker knows better than any engine."""
        live.enter(state)
        event = StateChanged(session=str(live.id), state=state, reason=reason, text=text, at=time.time())
        self._lanes.put(live.id, self._work(live, None, event, None), force=True)

    def recover(self, live: Live, events: list[tuple[int, EngineEvent]]) -> bool:
        """Store what a dead host left in a spool; True when all of it is stored."""
        faulty = self.faulty
        for _, event in events:
            self._lanes.put(live.id, self._work(live, None, event, None), force=True)
        self._lanes.settle(live.id)
        return self.faulty == faulty and not self._stopping.is_set()

    def _state(self, live: Live, event: StateChanged) -> None:
        if event.state in (State.STOPPED, State.STARTING):
            return  # because we said so, and whoever said so knows what it means for people
        live.enter(event.state)
        self._lanes.put(live.id, self._work(live, None, event, None), force=True)
        if event.state in SENDING_STATES:
            self._on_sendable(live)
        if event.state in FINAL_STATES:
            self._on_change(live.id)

    def _queue(self, live: Live, slot: Slot, event: EngineEvent, seq: int | None) -> None:
        if isinstance(event, Paired):
            live.just_paired = True
        if isinstance(event, QrCode | PairingCode):
            live.enter(State.SCAN_QR if isinstance(event, QrCode) else State.PAIRING_CODE)
        in_spool = event.spooled and seq is not None
        if in_spool and live.overflowed:
            return  # an earlier one was dropped: those after it come again with it, in order
        # One that could not be spooled, because the disk is full or its session just stopped, has no second chance.
        if self._lanes.put(live.id, self._work(live, slot, event, seq), force=event.spooled and not in_spool):
            return
        if in_spool:
            logger.warning("Session %s: too many events wait for the database; they stay in the spool", live.id)
            live.overflowed = True

    def _work(self, live: Live, slot: Slot | None, event: EngineEvent, seq: int | None) -> Callable[[], None]:
        return functools.partial(self._store, live, slot, event, seq, live.generation)

    def _store(self, live: Live, slot: Slot | None, event: EngineEvent, seq: int | None, generation: int) -> None:
        try:
            durably(functools.partial(store_event, live.row, event, generation), stopping=self._stopping)
        except Stopping:
            self.faulty += 1
        except Faulty as error:
            self.faulty += 1  # not acknowledged: a later version may know better
            logger.error("Session %s: a %r event cannot be stored: %s", live.id, event.type, describe(error))
        else:
            if slot is not None and seq is not None and not slot.dead:
                slot.host.ack(str(live.id), seq)


def store_event(session: Session, event: EngineEvent, generation: int) -> None:
    """Store one event where it belongs; once, however often it is called."""
    if isinstance(event, SendFinished):
        for outbox in outboxes():
            outbox.finish(session.pk, event)
    else:
        event_store(session, event, generation=generation)
