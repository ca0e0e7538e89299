"""One session inside a host: its lock, its spool, its engine, its send thread."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .base import Engine, EngineEvent, Outgoing, SendFinished, StartOptions, StateChanged
from .errors import EngineError, NotConnected, OutcomeUnknown
from .gate import Gate
from .spool import Spool
from .store import StoreLock, prepare

log = logging.getLogger(__name__)

LOCK_WAIT = 7.0  # a predecessor that lost its parent takes half of this for its farewell, sends and hanging up
CALLS_AT_ONCE = 8
HANG_UP_WITHIN = 2.0  # ends as soon as the library has handed over what it had

Emit = Callable[[EngineEvent, int | None], None]
EngineClass = Callable[[str, StartOptions, Callable[[EngineEvent], None]], Engine]


@dataclass(slots=True)
class SendJob:
    """A send that waits for its turn. `begun` is called right before it is attempted, `done` always."""

    message: Outgoing
    deadline: float
    begun: Callable[[], None]
    done: Callable[[SendFinished | EngineError], None]


class HostedSession:
    """Owns everything of one session in this process, from start to stop."""

    def __init__(self, name: str, options: StartOptions, engine: EngineClass, gate: Gate, emit: Emit) -> None:
        self.name = name
        self._gate = gate
        self._emit_to_parent = emit
        self._emitting = threading.RLock()
        self.muted = False  # no more state changes: the whole host is on its way out
        self._lock = StoreLock(prepare(options.store))
        self._lock.acquire(wait=LOCK_WAIT)
        try:
            self._spool = Spool(options.store)
            self._engine = engine(name, options, self.emit)
        except BaseException:
            self._lock.release()
            raise
        self._jobs: queue.SimpleQueue[SendJob | None] = queue.SimpleQueue()
        self._sending = False
        self._closed = False
        self._calls = threading.BoundedSemaphore(CALLS_AT_ONCE)
        threading.Thread(target=self._send_loop, name=f"send-{name}", daemon=True).start()

    # -- life ---------------------------------------------------------------------------------------
    def start(self) -> None:
        """Start the engine, alone in the process while it enters the library."""
        self._replay()
        with self._gate.exclusive():
            self._engine.start()

    def stop(self) -> bool:
        """Stop and give the store back. False: native code hangs on, the process has to end."""
        stopped = self.halt()
        if stopped:
            self.release()
        return stopped

    def halt(self) -> bool:
        """Stop and keep the store: until this process is gone, the library may still hand something over."""
        self.hang_up()
        with self._gate.exclusive():
            stopped = self._engine.stop()
        self.abandon()
        return stopped

    def hang_up(self, within: float = HANG_UP_WITHIN) -> None:
        """Take nothing more from WhatsApp, and spool what was taken; seconds at most."""
        self._engine.hang_up(within)

    def logout(self) -> None:
        """Unlink the device."""
        with self._gate.entry():
            self._engine.logout()

    def release(self) -> None:
        """Let another process have the store. What the platform has not acknowledged stays in the spool."""
        self._spool.close()
        self._lock.release()

    # -- events -------------------------------------------------------------------------------------
    def emit(self, event: EngineEvent) -> None:
        """Spool what must not be lost, then hand it to the parent, in order. Called from engine threads."""
        if self.muted and isinstance(event, StateChanged):
            return
        with self._emitting:
            self._emit_to_parent(event, self._spooled(event) if event.spooled else None)

    def ack(self, seq: int) -> None:
        """The platform has stored this event."""
        self._spool.ack(seq)

    def _spooled(self, event: EngineEvent) -> int | None:
        try:
            return self._spool.append(event)
        except OSError:  # disk full, or the spool is closed: deliver it all the same
            log.exception("an event of %s could not be spooled", self.name)
            return None

    def _replay(self) -> None:
        for seq, event in self._spool.pending():
            self._emit_to_parent(event, seq)

    # -- sends --------------------------------------------------------------------------------------
    @property
    def busy(self) -> bool:
        """Is a send under way whose outcome is not known yet?"""
        return self._sending

    def submit(self, job: SendJob) -> None:
        """Queue a send; sends of one session go out one after the other."""
        if self._closed:
            self._refuse(job, NotConnected("the session is stopping"))
        else:
            self._jobs.put(job)

    def abandon(self) -> None:
        """Take no more sends; those that wait are reported as not attempted."""
        self._closed = True
        self._refuse_waiting()
        self._jobs.put(None)

    def _send_loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._closed:
                self._refuse(job, NotConnected("the session is stopping"))
            elif time.monotonic() > job.deadline:
                self._refuse(job, NotConnected("its turn came too late, so it was not sent", code="not_attempted"))
            else:
                self._send(job)

    def _send(self, job: SendJob) -> None:
        self._sending = True
        try:
            job.begun()
            with self._gate.entry():
                began = time.time()
                finished = self._engine.send(job.message)
                finished = replace(finished, began=began, ended=time.time())
        except EngineError as error:
            self._refuse(job, error)
        except Exception as error:  # whatever it was, the send may have happened
            log.exception("send in %s failed in an unexpected way", self.name)
            self._refuse(job, OutcomeUnknown(f"{type(error).__name__} while sending"))
        else:
            self.emit(finished)
            job.done(finished)
        finally:
            self._sending = False

    def _refuse(self, job: SendJob, error: EngineError) -> None:
        self.emit(
            SendFinished(
                session=self.name,
                ref=job.message.ref,
                timestamp=time.time(),
                error=type(error).__name__,
                error_code=error.code,
                error_text=error.text,
            )
        )
        job.done(error)

    def _refuse_waiting(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                self._refuse(job, NotConnected("the session is stopping"))

    # -- other requests -----------------------------------------------------------------------------
    def call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Run one request on the calling thread; blocks as long as the library does."""
        if not self._calls.acquire(blocking=False):
            raise EngineError("too many requests of this session are waiting for WhatsApp", code="too_many_calls")
        try:
            with self._gate.entry():
                return self._engine.call(method, arguments)
        finally:
            self._calls.release()

    def health(self) -> dict[str, Any]:
        """The engine's own report and the depth of our queues."""
        return {**self._engine.health(), "spool": self._spool.depth, "sends": self._jobs.qsize(), "busy": self.busy}
