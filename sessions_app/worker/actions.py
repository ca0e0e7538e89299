"""What the reconciler decides, done. One action of a session at a time, on a few threads."""

import functools
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from sessions_app.commands import wake
from sessions_app.engine.base import StartOptions
from sessions_app.engine.errors import EngineError
from sessions_app.engine.states import FINAL_STATES, SENDING_STATES, Reason, State
from sessions_app.models import Desired, Session
from sessions_app.ownership import release, session_update
from sessions_app.proxies import proxy_of
from whatsapp_api.core.metrics import SESSION_ENDS, SESSION_STARTS

from . import stores
from .credentials import Credentials, NotAdopted
from .decide import Action
from .durable import durably
from .hosts import HostPool, Slot
from .intake import Intake
from .lanes import Lanes
from .live import Live, Registry
from .pump import Pump
from .suspicion import GUILTY_FOR
from .timings import Timings

logger = logging.getLogger(__name__)

START_WITHIN = 45.0
STOP_WITHIN = 20.0
LOGOUT_WITHIN = 100.0
POISONOUS = (
    "The engine process of this session crashed {count} times while nobody else was in it. The session is kept apart "
    "from others and starts again by itself, with pauses. If that goes on, log out and link the phone again."
)
OFFLINE_LOGOUT = (
    "The session was not connected, so WhatsApp could not be told. Remove the device on the phone: "
    "Settings > Linked devices."
)


class Actions:
    """Every method leaves the session in a state from which `decide` finds the next step."""

    def __init__(
        self,
        *,
        registry: Registry,
        pool: HostPool,
        lanes: Lanes,
        intake: Intake,
        pump: Pump,
        timings: Timings,
        closing: threading.Event,
        stopping: threading.Event,
    ) -> None:
        """`closing`: this worker is about to stop; `stopping`: and waits for the database no more."""
        self._registry = registry
        self._pool = pool
        self._lanes = lanes
        self._intake = intake
        self._pump = pump
        self._timings = timings
        self._closing = closing
        self._stopping = stopping
        self.credentials = Credentials(registry)
        self.table: dict[Action, Callable[[Live, Session], None]] = {
            Action.RECOVER: self.recover,
            Action.BURY: self.bury,
            Action.START: self.start,
            Action.RESTART: self.restart,
            Action.STOP: self.stop,
            Action.RETIRE: self.retire,
            Action.EXPIRE: self.expire,
            Action.MOVE: self.move,
            Action.LOGOUT: self.logout,
            Action.DELETE: self.delete,
            Action.HAND_OVER: self.hand_over,
        }

    def sweep(self) -> None:
        """What is done over all sessions now and then."""
        self._pump.sweep()
        self.credentials.sweep()

    # -- after a death ------------------------------------------------------------------------------
    def recover(self, live: Live, _: Session) -> None:
        """What the spool holds is stored before anything is said about messages under way."""
        events = stores.leftovers(live.id, wait=self._timings.store_free)
        if self._intake.recover(live, events):
            stores.forget(live.id)
        self._pump.resolve(live)
        live.recovered = True

    def bury(self, live: Live, row: Session) -> None:
        """Its host is gone; a new start follows after the backoff."""
        slot, live.slot, live.restart, live.recovered = live.slot, None, None, False
        if slot is not None:
            SESSION_ENDS.labels("requested" if slot.asked else "host_died").inc()
            self._suspect(live, slot)
        self._back_off(live)
        self.recover(live, row)

    def _suspect(self, live: Live, slot: Slot) -> None:
        """Hold a crash against those that were there, and say so to whoever is found alone with it."""
        if slot.asked or live.id in slot.leaving:
            return
        live.suspicion.host_died(company=len(slot.places))
        if live.suspicion.guilty():
            self._condemn(live)
            text = POISONOUS.format(count=live.suspicion.deaths_alone())
            self._intake.announce(live, State.RECONNECTING, Reason.ENGINE_CRASHED, text)
        elif live.suspicion.apart():
            logger.warning("Session %s: gets a host of its own until it has proven harmless", live.id)

    def _condemn(self, live: Live) -> None:
        """The next owner need not lose hosts to find out the same."""
        until = timezone.now() + timedelta(seconds=GUILTY_FOR)
        write = functools.partial(session_update, live.id, live.row.epoch, isolated_until=until)
        durably(write, stopping=self._stopping)

    # -- starting -----------------------------------------------------------------------------------
    def start(self, live: Live, row: Session) -> None:
        """Take a place in a host and start there.

        A session that comes back by itself stays RECONNECTING until it is connected: STARTING would be no news.
        """
        if row.generation > live.generation or live.state is not State.RECONNECTING:
            live.generation = row.generation
            self._intake.announce(live, State.STARTING)
        self._begin(live)

    def _begin(self, live: Live) -> None:
        live.state, live.since = State.STARTING, time.monotonic()
        live.overflowed, live.restart = False, None
        self._lanes.settle(live.id)  # what the row says of the account may just be on its way to it
        row = Session.objects.get(pk=live.id, epoch=live.row.epoch)
        try:
            self.credentials.adopt(live)
        except NotAdopted as error:
            self._try_later(live, Reason.ENGINE_ERROR, str(error))
            return
        alone = live.suspicion.apart() or not (row.is_paired or stores.account(live.id))
        slot = live.slot = self._pool.place(live.id, row.provider, alone=alone)
        try:
            slot.ready.result(START_WITHIN).session_start(str(live.id), _options(row)).result(START_WITHIN)
        except (EngineError, TimeoutError) as error:
            SESSION_STARTS.labels("failed").inc()
            self._start_failed(live, slot, error)
        else:
            SESSION_STARTS.labels("started").inc()
            self._pump.release(live)
            self._pump.advance(live)

    def _start_failed(self, live: Live, slot: Slot, error: Exception) -> None:
        text = str(error) or "The host did not answer."
        logger.warning("Session %s: did not start: %s", live.id, text)
        live.slot = None
        if isinstance(error, TimeoutError) or getattr(error, "code", "") == "host_lost":
            self._suspect(live, slot)
            self._end(live, slot)
        else:
            self._leave(live, slot)
        self._try_later(live, Reason.ENGINE_ERROR, text)

    def _try_later(self, live: Live, reason: Reason, text: str) -> None:
        self._back_off(live)
        if not self._closing.is_set():  # then hosts end because we end them, and whoever stops us says what is true
            self._intake.announce(live, State.RECONNECTING, reason, text)

    def restart(self, live: Live, row: Session) -> None:
        """Out of the host; `start` follows, at once if a person asked for it, else after the backoff."""
        asked, live.restart = live.restart, None
        self._out(live, row, by_force=asked is not None and asked.scope == "host")
        if row.generation > live.generation:
            live.failures, live.not_before = 0, 0.0
            return
        self._back_off(live)
        if live.state is not State.RECONNECTING:
            unasked = Reason.CATCHING_UP if live.overflowed else Reason.START_TIMEOUT
            reason, text = (asked.reason, asked.text) if asked else (unasked, "")
            self._intake.announce(live, State.RECONNECTING, reason, text)

    # -- stopping -----------------------------------------------------------------------------------
    def stop(self, live: Live, row: Session) -> None:
        """On request."""
        self._out(live, row)
        live.generation = row.generation
        self._intake.announce(live, State.STOPPED, Reason.REQUESTED)

    def retire(self, live: Live, row: Session) -> None:
        """The state is final and says why; only the engine goes. What a removed device leaves is useless."""
        if live.state is State.LOGGED_OUT:
            self._out(live, row, keep=False)
            durably(functools.partial(self.credentials.destroy, live), stopping=self._stopping)
        else:
            self._out(live, row)

    def expire(self, live: Live, row: Session) -> None:
        """An engine that shows codes for ever."""
        self._intake.announce(live, State.FAILED, Reason.QR_EXPIRED)
        self._out(live, row)

    def move(self, live: Live, row: Session) -> None:
        """Change hosts: only the end of its process frees what pairing, or many starts, left there.

        For people it stays connected: messages wait for the second that it takes.
        """
        if self._pump.hold(live, wait=self._timings.stop_flight):
            logger.info("Session %s: moves to another host", live.id)
            if live.slot is not None and live.slot.alone and not live.suspicion.guilty():
                live.suspicion.cleared()
            self._out(live, row)
            self._begin(live)
        else:
            self._pump.release(live)

    def logout(self, live: Live, row: Session) -> None:
        """Unlink at WhatsApp if we are connected, and forget the account here in any case."""
        text = self._unlink(live)
        self._out(live, row, keep=False)
        self._lanes.settle(live.id)
        durably(functools.partial(self.credentials.destroy, live), stopping=self._stopping)
        live.generation = row.generation
        self._intake.announce(live, State.LOGGED_OUT, Reason.LOGGED_OUT, text)
        self._lanes.settle(live.id)
        done = functools.partial(
            session_update, live.id, live.row.epoch, logout_requested=False, jid="", lid="", paired_at=None
        )
        durably(done, stopping=self._stopping)

    def delete(self, live: Live, row: Session) -> None:
        """Files first, then the row: a crash in between leaves a row that asks for the same again."""
        self._out(live, row, keep=False)
        self._lanes.settle(live.id)
        durably(functools.partial(self.credentials.destroy, live), stopping=self._stopping)
        durably(functools.partial(stores.row_delete, live.id, live.row.epoch), stopping=self._stopping)
        self._registry.drop(live.id)
        logger.info("Session %s: deleted", live.id)

    def hand_over(self, live: Live, row: Session) -> None:
        """Stop it here after the message under way; another worker takes it at once."""
        if live.state not in FINAL_STATES and row.desired == Desired.STARTED:
            self._intake.announce(live, State.RECONNECTING if row.is_paired else State.STARTING, Reason.MOVED)
        self._out(live, row)
        self._lanes.settle(live.id)
        durably(functools.partial(release, live.id, live.row.epoch), stopping=self._stopping)
        self._registry.let_go(live)
        wake(live.id)
        logger.info("Session %s: handed over", live.id)

    def fence(self, live: Live) -> None:
        """Somebody else owns it now: go without a word to the database."""
        self._registry.drop(live.id)
        live.held = True
        slot, live.slot = live.slot, None
        if slot is not None:
            if self._quit(live, slot):
                self._leave(live, slot)
            else:
                self._end(live, slot)
        logger.warning("Session %s: not ours any more", live.id)

    # -- parts --------------------------------------------------------------------------------------
    def _unlink(self, live: Live) -> str:
        slot = live.slot
        if slot is None or slot.dead or live.state not in SENDING_STATES:
            return OFFLINE_LOGOUT
        self._pump.hold(live, wait=self._timings.stop_flight)
        try:
            slot.host.session_logout(str(live.id)).result(LOGOUT_WITHIN)
        except (EngineError, TimeoutError) as error:
            logger.warning("Session %s: WhatsApp did not take the logout: %s", live.id, error)
            return OFFLINE_LOGOUT
        return ""

    def _out(self, live: Live, row: Session, *, by_force: bool = False, keep: bool = True) -> None:
        """Leave the host, after the message under way; end the host if it does not let go.

        `keep`: what it leaves is worth a last snapshot.
        """
        slot = live.slot
        self._pump.hold(live, wait=self._timings.stop_flight)
        if slot is None:
            return
        stopped = not (by_force or slot.alone) and self._quit(live, slot)
        live.slot = None
        if stopped:
            self._leave(live, slot)
        else:
            self._end(live, slot)
        self.recover(live, row)
        if keep:
            self.credentials.last(live)

    def _quit(self, live: Live, slot: Slot) -> bool:
        """Ask the host to stop the session. False: only the end of the process helps."""
        if slot.dead or not slot.ready.done() or slot.ready.exception() is not None:
            return False
        try:
            return slot.host.session_stop(str(live.id)).result(STOP_WITHIN)
        except (EngineError, TimeoutError):
            return False

    def _leave(self, live: Live, slot: Slot) -> None:
        if self._pool.leave(slot, live.id):
            slot.end(grace=self._timings.host_grace)

    def _end(self, live: Live, slot: Slot) -> None:
        """End the process. Others that are in it are told by its end, and started anew."""
        slot.leaving.add(live.id)
        slot.end(grace=self._timings.host_grace)

    def _back_off(self, live: Live) -> None:
        timings = self._timings
        live.back_off(first=timings.backoff_first, most=timings.backoff_most, forget=timings.backoff_forget)


def _options(row: Session) -> StartOptions:
    proxy = proxy_of(row)
    return StartOptions(
        store=str(stores.path(row.pk)),
        expect_paired=row.is_paired,
        pairing=row.pairing_method,
        phone=row.pairing_phone,
        proxy=proxy.url if proxy else "",
        device_name=row.device_name,
        history=row.history_sync,
        history_days=settings.HISTORY_DAYS,
        history_messages=settings.HISTORY_MESSAGES,
    )
