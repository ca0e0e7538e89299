"""The platform's side of a session host: start the process, ask it things, hear its events."""

import contextlib
import logging
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from . import pending, registry
from .base import EngineEvent, Outgoing, SendFinished, StartOptions
from .codec import decode_error, decode_event, from_map, to_map
from .errors import EngineError, NotConnected
from .pending import Pending, Request, settle
from .spawn import StderrTail, spawn
from .wire import BadFrame, Channel

log = logging.getLogger(__name__)

HELLO_WITHIN = 30.0
START_WITHIN = 30.0
STOP_WITHIN = 15.0
LOGOUT_WITHIN = 90.0
STDERR_WITHIN = 10.0
"""Its pipe ends with it, so the reason of a crash is complete at once, or as soon as its reader gets a processor."""
GRACE = 0.5
"""The host refuses what is past its deadline, which is a better answer than ours: it gets this much longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostExit:
    """How a host ended. `expected`: somebody here asked for it."""

    returncode: int | None
    signal: str = ""
    stderr: list[str] = field(default_factory=list, repr=False)
    sessions: frozenset[str] = frozenset()
    expected: bool = False


class HostProcess:
    """One host process and the connection to it. Usable from any thread.

    `on_event(event, seq)` and `on_exit(host, exit)` run on the host's reader thread, in order: they must not
    wait for a future of the same host; callbacks added to futures run there too, or on the timer thread, and must
    be quick. An event with a `seq` is to be acknowledged once it is stored.

    `until`, if given, is asked for the end of our lease: the host ends itself then, whatever has become of us.
    `inherit` are file descriptors that tell others, by being open, that the host lives.
    """

    def __init__(
        self,
        *,
        provider: str,
        environment: Mapping[str, str] | None = None,
        until: Callable[[], float] | None = None,
        inherit: Sequence[int] = (),
        on_event: Callable[[EngineEvent, int | None], None],
        on_exit: Callable[["HostProcess", HostExit], None],
    ) -> None:
        self.provider = registry.get(provider)
        self.sessions: set[str] = set()
        self._settings = dict(environment or {})
        self._until = until
        self._inherit = inherit
        self._on_event = on_event
        self._on_exit = on_exit
        self._pending = Pending()
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._hello: Future[None] = Future()
        self._gone = threading.Event()
        self._expected = False
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._stderr: StderrTail | None = None

    # -- the process --------------------------------------------------------------------------------
    @property
    def pid(self) -> int:
        """Process id; 0 before `start`."""
        return self._process.pid if self._process else 0

    @property
    def alive(self) -> bool:
        """Is the process there and connected?"""
        return self._process is not None and not self._gone.is_set()

    def start(self) -> None:
        """Spawn the process and wait until it has loaded the engine; EngineError when it cannot."""
        launch = self.provider.launch(self._settings)
        self._process, self._channel, self._stderr = spawn(
            self.provider.name, launch.environment, inherit=self._inherit
        )
        self._tell(
            {"op": "hello", "engine": self.provider.engine, "prepare": self.provider.prepare, "config": launch.config}
        )
        if self._until is not None:
            self.lease(self._until())
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"host-{self.pid}-{work.__name__}", daemon=True).start()
        try:
            self._hello.result(HELLO_WITHIN)
        except TimeoutError:
            self.kill()
            raise EngineError("the host did not come up in time", code="host_failed") from None

    def shutdown(self, *, grace: float) -> None:
        """End the process: politely, then by SIGTERM, then by SIGKILL. Returns when it is gone."""
        self._expected = True
        self._tell({"op": "shutdown", "grace": grace})
        if not self._gone.wait(grace + 0.5):
            self._signal(signal.SIGTERM)
        if not self._gone.wait(2.0):
            self.kill()
            self._gone.wait(5.0)

    def lease(self, until: float) -> None:
        """Our lease was extended to this moment on the steady clock: so long the host may run."""
        self._tell({"op": "lease", "until": until})

    def fence(self) -> None:
        """Our lease is over: disconnect and end at once, without a look at what is under way."""
        self._expected = True
        self._tell({"op": "lease", "until": 0.0})

    def wait_gone(self, timeout: float) -> bool:
        """Wait for the end of the process."""
        return self._process is None or self._gone.wait(timeout)

    def kill(self) -> None:
        """End the process at once."""
        self._expected = True
        self._signal(signal.SIGKILL)

    # -- requests -----------------------------------------------------------------------------------
    def session_start(self, session: str, options: StartOptions) -> Future[None]:
        """Start a session; done when it is under way, its progress comes as events."""
        self.sessions.add(session)
        future: Future[None] = Future()
        future.add_done_callback(lambda done: self.sessions.discard(session) if _failed(done) else None)
        frame = {"op": "start", "session": session, "options": to_map(options)}
        self._ask(frame, Request(future, _nothing, pending.lost_start), START_WITHIN)
        return future

    def session_stop(self, session: str) -> Future[bool]:
        """Stop a session and keep its account. False: native code hangs on, the process has to end."""
        future: Future[bool] = Future()
        future.add_done_callback(lambda done: self.sessions.discard(session) if done.result() else None)
        self._ask({"op": "stop", "session": session}, Request(future, bool, pending.lost_stop), STOP_WITHIN)
        return future

    def session_logout(self, session: str) -> Future[None]:
        """Unlink the device at WhatsApp and forget the account."""
        future: Future[None] = Future()
        frame = {"op": "logout", "session": session}
        self._ask(frame, Request(future, _nothing, pending.lost_call), LOGOUT_WITHIN)
        return future

    def send(self, session: str, message: Outgoing, *, timeout: float) -> Future[SendFinished]:
        """Send one message, after those queued before it. The outcome also comes as a spooled event.

        Fails with an EngineError; OutcomeUnknown when no answer came in time or the host died meanwhile,
        NotConnected when it surely was not attempted.
        """
        future: Future[SendFinished] = Future()
        frame = {"op": "send", "session": session, "message": to_map(message), "deadline": time.monotonic() + timeout}
        self._ask(frame, Request(future, _send_finished, pending.lost_send), timeout + GRACE)
        return future

    def call(self, session: str, method: str, arguments: dict[str, Any], *, timeout: float) -> Future[dict[str, Any]]:
        """Any other request; OutcomeUnknown when no answer came in time."""
        future: Future[dict[str, Any]] = Future()
        frame = {
            "op": "call",
            "session": session,
            "method": method,
            "arguments": arguments,
            "deadline": time.monotonic() + timeout,
        }
        self._ask(frame, Request(future, dict, pending.lost_call), timeout + GRACE)
        return future

    def ack(self, session: str, seq: int) -> None:
        """The event with this number is stored: the host may forget it."""
        self._tell({"op": "ack", "session": session, "seq": seq})

    def stats(self, *, timeout: float) -> Future[dict[str, Any]]:
        """What the process uses and how its sessions are. No answer in time: the host is wedged."""
        future: Future[dict[str, Any]] = Future()
        self._ask({"op": "stats"}, Request(future, dict, pending.lost_call), timeout)
        return future

    # -- plumbing -----------------------------------------------------------------------------------
    def _ask(self, frame: dict[str, Any], request: Request, timeout: float) -> None:
        number = self._pending.add(request, timeout)
        if self.alive:
            self._tell({**frame, "id": number})
        if not self.alive:  # also when it went away just now, after the table was cleared
            self._lose_all()

    def _tell(self, frame: dict[str, Any]) -> None:
        self._outbox.put(frame)

    def _write(self) -> None:
        channel = self._connected()
        while (frame := self._outbox.get()) is not None:
            try:
                channel.send(frame)
            except OSError:
                return

    def _read(self) -> None:
        try:
            for frame in self._connected().frames():
                self._handle(frame)
        except BadFrame:
            log.exception("host %s talks nonsense", self.pid)
            self._signal(signal.SIGKILL)
        self._bury()

    def _handle(self, frame: dict[str, Any]) -> None:
        match frame["op"]:
            case "event":
                self._deliver(decode_event(frame["event"]), frame["seq"])
            case "begun":
                self._pending.begun(frame["id"])
            case "answer":
                error = frame.get("error")
                self._pending.answer(frame["id"], frame.get("result"), decode_error(error) if error else None)
            case "hello":
                error = frame.get("error")
                settle(self._hello, error=decode_error(error) if error else None)

    def _deliver(self, event: EngineEvent, seq: int | None) -> None:
        try:
            self._on_event(event, seq)
        except Exception:  # not acknowledged, so it stays in the spool
            log.exception("an event of %s was not handled", event.session)

    def _bury(self) -> None:
        returncode = self._reap()
        self._gone.set()
        self._outbox.put(None)
        self._connected().close()
        lines = self._stderr.lines(wait=STDERR_WITHIN) if self._stderr else []
        exit_ = HostExit(
            returncode=returncode,
            signal=_signal_name(returncode),
            stderr=lines,
            sessions=frozenset(self.sessions),
            expected=self._expected,
        )
        settle(self._hello, error=EngineError(f"the host ended at once: {' | '.join(lines[-3:])}", code="host_failed"))
        self._lose_all()
        self._on_exit(self, exit_)

    def _reap(self) -> int | None:
        if self._process is None:
            return None
        try:
            return self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            return self._process.wait()

    def _lose_all(self) -> None:
        self._pending.lose_all(unbegun=NotConnected("the host is gone; this was not attempted", code="host_lost"))

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _connected(self) -> Channel:
        if self._channel is None:
            raise NotConnected("the host was not started")
        return self._channel


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None


def _nothing(_: Any) -> None:
    return None


def _send_finished(values: dict[str, Any]) -> SendFinished:
    return from_map(SendFinished, values)


def _signal_name(returncode: int | None) -> str:
    if returncode is None or returncode >= 0:
        return ""
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return str(-returncode)
