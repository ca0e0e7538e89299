"""The host processes of this worker and who has a place in which."""

import logging
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from concurrent.futures import Future

from sessions_app.engine.client import HostProcess
from sessions_app.engine.errors import NotConnected

logger = logging.getLogger(__name__)

SPAWNS_AT_ONCE = 4


class Slot:
    """One host process, from before it is spawned until it is gone, and the sessions placed in it."""

    def __init__(self, provider: str, *, alone: bool) -> None:
        self.provider = provider
        self.alone = alone
        self.places: set[uuid.UUID] = set()
        self.leaving: set[uuid.UUID] = set()  # for these the end of the process is no surprise
        self.ready: Future[HostProcess] = Future()
        self.dead = False
        self.born = time.monotonic()
        self.asking = False  # a question for statistics is under way

    @property
    def host(self) -> HostProcess:
        """The process; only when `ready` is done and fine."""
        return self.ready.result(timeout=0)

    @property
    def up(self) -> HostProcess | None:
        """The process, if it has come up; it may be gone again."""
        return self.ready.result() if self.ready.done() and self.ready.exception() is None else None

    def end(self, *, grace: float) -> None:
        """End the process, whatever state it is in; returns when it is gone."""
        self.dead = True
        if (host := self.up) is not None:
            host.shutdown(grace=grace)


class HostPool:
    """Finds a place for a session: in a host with room, or in a new one."""

    def __init__(self, make: Callable[[Slot], HostProcess], *, capacity: int) -> None:
        self._make = make
        self._capacity = capacity
        self._lock = threading.Lock()
        self._slots: list[Slot] = []
        self._closed = False
        self._hosts: weakref.WeakSet[HostProcess] = weakref.WeakSet()
        self._spawning = threading.BoundedSemaphore(SPAWNS_AT_ONCE)

    def place(self, session_id: uuid.UUID, provider: str, *, alone: bool) -> Slot:
        """Reserve a place; the slot's `ready` tells when its process is up, or why it is not."""
        with self._lock:
            slot = None if alone else self._with_room(provider)
            if slot is None:
                slot = self._new(provider, alone=alone)
            slot.places.add(session_id)
            return slot

    def warm(self, provider: str, sessions: int) -> None:
        """So many sessions are about to ask for places: start the hosts they need side by side."""
        with self._lock:
            usable = [slot for slot in self._slots if slot.provider == provider and not slot.alone and not slot.dead]
            room = sum(self._capacity - len(slot.places) for slot in usable)
            for _ in range(-(-max(0, sessions - room) // self._capacity)):
                self._new(provider, alone=False)

    def leave(self, slot: Slot, session_id: uuid.UUID) -> bool:
        """Give the place back. True: nobody is left, the caller ends the process."""
        with self._lock:
            slot.places.discard(session_id)
        return self.close_empty(slot)

    def close_empty(self, slot: Slot) -> bool:
        """Take a host that nobody uses out of service; the caller ends it."""
        with self._lock:
            if slot.places or slot.dead:
                return False
            slot.dead = True
            self._forget(slot)
            return True

    def bury(self, slot: Slot) -> set[uuid.UUID]:
        """The process is gone: who was in it and had not been told to leave."""
        with self._lock:
            slot.dead = True
            self._forget(slot)
            return slot.places - slot.leaving

    def close(self) -> list[Slot]:
        """Everything is over: no host may come up any more. Those there were; the caller ends them."""
        with self._lock:
            self._closed = True
            slots, self._slots = self._slots, []
            for slot in slots:
                slot.dead = True
            return slots

    def hosts(self) -> list[HostProcess]:
        """Every process that was started and may still be there."""
        with self._lock:
            return list(self._hosts)

    def all(self) -> list[Slot]:
        with self._lock:
            return list(self._slots)

    def _new(self, provider: str, *, alone: bool) -> Slot:
        if self._closed:
            raise NotConnected("this worker takes no sessions any more")
        slot = Slot(provider, alone=alone)
        self._slots.append(slot)
        threading.Thread(target=self._spawn, args=(slot,), name="host-spawn", daemon=True).start()
        return slot

    def _with_room(self, provider: str) -> Slot | None:
        for slot in self._slots:
            fits = slot.provider == provider and not slot.alone and not slot.dead
            if fits and len(slot.places) < self._capacity:
                return slot
        return None

    def _forget(self, slot: Slot) -> None:
        if slot in self._slots:
            self._slots.remove(slot)

    def _spawn(self, slot: Slot) -> None:
        try:
            with self._spawning:
                host = self._make(slot)
                if slot.dead:
                    raise NotConnected("the place is not needed any more")
                with self._lock:
                    self._hosts.add(host)
                host.start()
        except Exception as error:  # noqa: BLE001 - whoever waits for the place gets it
            self.bury(slot)
            slot.ready.set_exception(error)
            return
        logger.info("Host %s for %s is up after %.1f s", host.pid, slot.provider, time.monotonic() - slot.born)
        slot.ready.set_result(host)
        if slot.dead:  # everybody left while it came up
            host.shutdown(grace=0)
