"""Sends what waits in the outbox: one message of a session at a time, many sessions at once.

A message is claimed right before it is handed to the host, so a worker that dies leaves at most one message of a
session in doubt. No thread waits for an answer: the host's report starts the next step.
"""

import functools
import logging
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings

from sessions_app.engine.attempts import attempts_find
from sessions_app.engine.base import Outgoing, SendFinished
from sessions_app.engine.deadlines import deadlines
from sessions_app.engine.errors import EngineError, NotConnected, OutcomeUnknown
from sessions_app.hooks import Outbox, outboxes
from sessions_app.pacing import pace_of
from whatsapp_api.core.logs import about

from . import stores
from .durable import Faulty, Stopping, connection_reset, describe, durably
from .hosts import Slot
from .live import Flight, Live, Registry

logger = logging.getLogger(__name__)

THREADS = 4
STRAYS_EVERY = 30.0
BACKOFF_FIRST = 0.5
BACKOFF_MOST = 30.0
LONGEST_WAIT = 5.0  # then look again: people may have set another pace


class Pump:
    """Claims, hands over, stores outcomes."""

    def __init__(
        self, *, registry: Registry, node: str, stopping: threading.Event, may_act: Callable[[], bool]
    ) -> None:
        self._registry = registry
        self._may_act = may_act
        self._node = node
        self._stopping = stopping
        self._closed = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pump")
        self._landed = threading.Condition()
        self._strays_due = 0.0

    # -- what starts it -----------------------------------------------------------------------------
    def hint(self, session_id: uuid.UUID) -> None:
        """There may be something to send."""
        live = self._registry.get(session_id)
        if live is not None:
            self.advance(live)

    def advance(self, live: Live) -> None:
        """Send the session's next message, unless one is on its way."""
        if live.can_send and not self._closed.is_set():
            self._submit(self._advance, live)

    def sweep(self) -> None:
        """Find rows whose hint was lost, or that were put back."""
        idle = {live.id: live for live in self._registry.all() if live.can_send and live.flight is None}
        if not idle or self._closed.is_set():
            return
        for outbox in outboxes():
            for session_id in outbox.waiting(idle):
                self.advance(idle[session_id])
        if time.monotonic() >= self._strays_due:
            self._strays_due = time.monotonic() + STRAYS_EVERY
            for live in idle.values():
                live.strays = True
                self.advance(live)

    # -- what the host says -------------------------------------------------------------------------
    def reported(self, live: Live, slot: Slot, event: SendFinished, seq: int | None) -> bool:
        """An outcome came as an event. False when it is not of the message under way."""
        flight = live.flight
        if flight is None or flight.ref != event.ref or not _take(live, flight):
            return False

        def stored() -> None:
            if seq is not None and not slot.dead:
                slot.host.ack(str(live.id), seq)

        self._submit(self._land, live, flight, event, stored)
        return True

    def _answered(self, live: Live, slot: Slot, flight: Flight, future: Future[SendFinished]) -> None:
        outcome = _outcome(live, flight, future)
        if outcome.error and not slot.host.alive:
            flight.lost = outcome
            if live.slot is slot:
                return  # its spool may know better: whoever buries the host asks it first
        if _take(live, flight):  # else the event came first, as it does
            self._submit(self._land, live, flight, outcome, None)

    # -- around stops and deaths --------------------------------------------------------------------
    def hold(self, live: Live, *, wait: float) -> bool:
        """Start no more sends of this session, and wait for the one under way; True when there is none."""
        live.held = True
        with self._landed:
            return self._landed.wait_for(lambda: live.flight is None and not live.advancing, wait)

    def release(self, live: Live) -> None:
        """Sends may start again."""
        live.held = False

    def resolve(self, live: Live) -> None:
        """The host of the message under way is gone, and what its spool knew is stored."""
        flight = live.flight
        if flight is not None and flight.lost is not None and _take(live, flight):
            self._land(live, flight, flight.lost, None)
        keep = {claim for claim in (live.claim, live.flight.claim if live.flight else "") if claim}
        for outbox in outboxes():
            durably(functools.partial(outbox.abandon, live.id, keep_claims=keep), stopping=self._stopping)
        live.doubts = True
        self._identify(live)

    def close(self) -> None:
        """Claim nothing more."""
        self._closed.set()

    def drain(self, *, within: float) -> int:
        """Wait for the messages under way; how many are left."""

        def flying() -> int:
            return sum(live.flight is not None or live.advancing for live in self._registry.all())

        with self._landed:
            self._landed.wait_for(lambda: flying() == 0, within)
            return flying()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    # -- the steps, on the pool's threads -----------------------------------------------------------
    def _submit(self, step: Callable[..., None], live: Live, *arguments: object) -> None:
        try:
            self._pool.submit(_logged, step, live, *arguments)
        except RuntimeError:  # shut down: the spool and the next owner's recovery see to it
            pass

    def _advance(self, live: Live) -> None:
        with live.lock:
            if live.advancing:
                live.again = True
                return
            live.advancing = True
        try:
            more = True
            while more:
                self._send_next(live)
                with live.lock:
                    more, live.again = live.again, False
                    live.advancing = more
        except BaseException:
            live.advancing = live.again = False
            raise
        finally:
            self._note_landed()

    def _send_next(self, live: Live) -> None:
        slot = live.slot
        if live.flight is not None or not live.can_send or slot is None or self._closed.is_set():
            return
        if not self._may_act():  # our lease is over: the message is another worker's
            return
        if time.monotonic() < live.send_not_before:
            return
        pace = pace_of(live.row)
        if wait := live.bucket.wait(pace):
            self._come_back(live, wait)
            return
        claimed = self._claim(live)
        if claimed is None:
            self._abandon_strays(live)
            self._identify(live)
            return
        live.bucket.take(pace)
        flight = live.flight = Flight(ref=claimed.ref, claim=live.claim)
        live.claim = ""
        future = slot.host.send(str(live.id), claimed, timeout=settings.SEND_TIMEOUT_SECONDS)
        future.add_done_callback(functools.partial(self._answered, live, slot, flight))

    def _come_back(self, live: Live, seconds: float) -> None:
        """No thread waits, and one timer is enough. The sweep comes by more seldom than some paces allow."""
        if live.timer is None:
            live.timer = deadlines.after(min(seconds, LONGEST_WAIT), functools.partial(self._timer_rang, live))

    def _timer_rang(self, live: Live) -> None:
        live.timer = None
        self.advance(live)

    def _claim(self, live: Live) -> Outgoing | None:
        """The claim's name is kept until its outcome is known, so that a lost answer of the database harms nothing."""
        live.claim = live.claim or f"{self._node}:{secrets.token_hex(16)}"
        try:
            for outbox in outboxes():
                if claimed := outbox.claim(live.id, claim=live.claim):
                    return claimed
        except Exception as error:  # noqa: BLE001 - the sweep tries again
            connection_reset()
            logger.warning("Session %s: claiming failed: %s", live.id, describe(error))
            return None
        live.claim = ""
        return None

    def _abandon_strays(self, live: Live) -> None:
        """An owner that froze while it claimed may have claimed after we had looked: nobody sends that one."""
        if live.strays:
            live.strays = False
            for outbox in outboxes():
                outbox.abandon(live.id, keep_claims={live.claim} - {""})

    def _identify(self, live: Live) -> None:
        """Learn which ids the attempts of unknown outcome used, so that a receipt can prove one."""
        if not live.doubts:
            return
        live.doubts = False
        try:
            for outbox in outboxes():
                refs = outbox.doubtful(live.id)
                for ref, wa_id in (attempts_find(stores.path(live.id), refs) if refs else {}).items():
                    outbox.identify(live.id, ref=ref, wa_id=wa_id)
        except Exception as error:  # noqa: BLE001 - tried again when the queue is empty the next time
            live.doubts = True
            connection_reset()
            logger.warning("Session %s: doubtful sends cannot be looked into: %s", live.id, describe(error))

    def _land(self, live: Live, flight: Flight, outcome: SendFinished, stored: Callable[[], None] | None) -> None:
        try:
            for outbox in outboxes():
                durably(functools.partial(_finish, outbox, live.id, outcome), stopping=self._stopping)
            if stored is not None:
                stored()
        except Faulty as error:
            logger.error("Session %s: the outcome of %s cannot be stored: %s", live.id, outcome.ref, describe(error))
        except Stopping:
            return  # stays in the spool
        _log_outcome(live, outcome)
        live.doubts = live.doubts or outcome.error == OutcomeUnknown.__name__
        _pace(live, outcome)
        live.flight = None
        self._note_landed()
        self._advance(live)

    def _note_landed(self) -> None:
        with self._landed:
            self._landed.notify_all()


def _take(live: Live, flight: Flight) -> bool:
    """Several threads hear of an outcome; one stores it."""
    with live.lock:
        taken, flight.taken = flight.taken, True
    return not taken


def _finish(outbox: Outbox, session_id: uuid.UUID, outcome: SendFinished) -> None:
    if outcome.error == NotConnected.__name__:
        outbox.release(session_id, ref=outcome.ref)
    else:
        outbox.finish(session_id, outcome)


def _outcome(live: Live, flight: Flight, future: Future[SendFinished]) -> SendFinished:
    error = OutcomeUnknown("the request was cancelled") if future.cancelled() else future.exception()
    if error is None:
        return future.result()
    if not isinstance(error, EngineError):
        error = OutcomeUnknown(f"{type(error).__name__} in the platform")
    return SendFinished(
        session=str(live.id),
        ref=flight.ref,
        timestamp=time.time(),
        error=type(error).__name__,
        error_code=error.code,
        error_text=error.text,
    )


def _pace(live: Live, outcome: SendFinished) -> None:
    """A message that was put back waits a little: the sweep takes it up again."""
    if outcome.error != NotConnected.__name__:
        live.send_failures, live.send_not_before = 0, 0.0
        return
    delay = min(BACKOFF_MOST, BACKOFF_FIRST * 2**live.send_failures)
    live.send_failures = min(live.send_failures + 1, 10)
    live.send_not_before = time.monotonic() + delay


def _log_outcome(live: Live, outcome: SendFinished) -> None:
    if outcome.error:
        logger.info("Session %s: message %s: %s", live.id, outcome.ref.partition("/")[0], outcome.error_code)


def _logged(step: Callable[..., None], live: Live, *arguments: object) -> None:
    with about(session_id=live.id):
        try:
            step(live, *arguments)
        except Exception as error:  # noqa: BLE001 - its text may quote a message
            logger.error("A step of the send pump failed: %s", describe(error))
