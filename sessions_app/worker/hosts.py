"""The host processes of this worker and who has a place in which."""

import logging
import threading
import time
import uuid
import weakref
from collections.abc import Callable

from sessions_app.engine.client import HostProcess
from sessions_app.engine.errors import NotConnected
from whatsapp_api.core.metrics import HOSTS

from .slot import Slot

__all__ = ["HostPool", "Slot"]

logger = logging.getLogger(__name__)

SPAWNS_AT_ONCE = 4
SPARE_FOR = 600.0  # seconds since a host was last needed


class HostPool:
    """Finds a place for a session: in a host with room, in one that waits for it, or in a new one."""

    def __init__(self, make: Callable[[Slot], HostProcess], *, capacity: int, spares: int = 0) -> None:
        self._make = make
        self._capacity = capacity
        self._spares = spares
        self._lock = threading.Lock()
        self._slots: list[Slot] = []
        self._needed: dict[str, float] = {}  # when a provider last needed a host
        self._spawning = threading.BoundedSemaphore(SPAWNS_AT_ONCE)
        self._closed = False
        self._hosts: weakref.WeakSet[HostProcess] = weakref.WeakSet()

    def place(self, session_id: uuid.UUID, provider: str, *, alone: bool) -> Slot:
        """Reserve a place; the slot's `ready` tells when its process is up, or why it is not."""
        with self._lock:
            slot = None if alone else self._with_room(provider)
            if slot is None:
                slot = self._spare(provider) or self._new(provider)
                slot.alone, slot.spare = alone, False
                self._needed[provider] = time.monotonic()
            slot.places.add(session_id)
        if alone:  # somebody waits for a code; who comes next should not wait longer
            self.refill(provider)
        return slot

    def warm(self, provider: str, sessions: int) -> None:
        """So many sessions are about to ask for places: start the hosts they need side by side."""
        with self._lock:
            usable = [slot for slot in self._slots if slot.provider == provider and (slot.shared or slot.spare)]
            room = sum(self._capacity - len(slot.places) for slot in usable)
            for _ in range(-(-max(0, sessions - room) // self._capacity)):
                self._new(provider)

    def refill(self, *providers: str) -> None:
        """Have hosts in waiting for providers that needed one lately."""
        with self._lock:
            for provider in providers or list(self._needed):
                waiting = sum(slot.spare and not slot.dead and slot.provider == provider for slot in self._slots)
                if not self._closed and self._in_demand(provider):
                    for _ in range(self._spares - waiting):
                        self._new(provider, spare=True)

    def unneeded(self, slot: Slot, *, after: float) -> bool:
        """Take a host out of service that has been empty for so long, or a spare that nobody came for."""
        with self._lock:
            idle = not self._in_demand(slot.provider) if slot.spare else time.monotonic() - slot.born > after
        return idle and self.close_empty(slot)

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

    def _in_demand(self, provider: str) -> bool:
        return time.monotonic() - self._needed.get(provider, float("-inf")) < SPARE_FOR

    def _new(self, provider: str, *, spare: bool = False) -> Slot:
        if self._closed:
            raise NotConnected("this worker takes no sessions any more")
        slot = Slot(provider, spare=spare)
        self._slots.append(slot)
        threading.Thread(target=self._spawn, args=(slot,), name="host-spawn", daemon=True).start()
        return slot

    def _with_room(self, provider: str) -> Slot | None:
        fits = (slot for slot in self._slots if slot.provider == provider and slot.shared)
        return next((slot for slot in fits if len(slot.places) < self._capacity), None)

    def _spare(self, provider: str) -> Slot | None:
        waiting = (slot for slot in self._slots if slot.provider == provider and slot.spare and not slot.dead)
        return next(waiting, None)

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
            HOSTS.labels("failed").inc()
            if slot.spare:  # do not try on and on: the next session that needs a host will
                self._needed.pop(slot.provider, None)
                logger.warning("No host in waiting for %s: %s", slot.provider, error)
            self.bury(slot)  # after that, or it would be missed and tried again
            slot.ready.set_exception(error)
            return
        HOSTS.labels("started").inc()
        logger.info("Host %s for %s is up after %.1f s", host.pid, slot.provider, time.monotonic() - slot.born)
        slot.ready.set_result(host)
        if slot.dead:  # everybody left while it came up
            host.shutdown(grace=0)
