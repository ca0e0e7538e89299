"""The session host: a child process that carries WhatsApp sessions for one platform worker.

    python -m sessions_app.engine.host --fd N --provider whatsapp

It reads commands from the socket N and reports events on it. When the worker goes away (end of file)
it lets sends under way finish for a moment, then ends. When the worker's lease runs out, because the worker hangs
or cannot renew it, it ends at once: another worker may be about to connect the same accounts.
It always ends by `os._exit`: Go threads that wait for a QR scan can be ended in no other way.
"""

import argparse
import importlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from whatsapp_api.core.clock import steady

from .base import EngineEvent, Outgoing, SendFinished, StartOptions
from .codec import encode_error, encode_event, from_map, to_map
from .errors import EngineError, NotConnected
from .gate import gate
from .hosted import HANG_UP_WITHIN, EngineClass, HostedSession, SendJob
from .process_stats import process_stats
from .wire import Channel

log = logging.getLogger(__name__)

Frame = dict[str, Any]
FAREWELL = 1.5
FENCED_WITHIN = 1.5
"""After the lease. The connection is closed first; then the library hands over what WhatsApp believes delivered."""
LEASE_LOOK = 0.1


class Host:
    """The command loop and the sessions of this process."""

    def __init__(self, channel: Channel, engine: EngineClass) -> None:
        self._channel = channel
        self._engine = engine
        self._sessions: dict[str, HostedSession] = {}
        self._starting: set[str] = set()
        self._names = threading.Lock()
        self._ending = threading.Lock()
        self._lease_until = 0.0
        self._lease_watch: threading.Thread | None = None
        self._commands: dict[str, Callable[[Frame], None]] = {
            "start": lambda frame: self._in_thread(frame, self._start),
            "stop": lambda frame: self._in_thread(frame, self._stop),
            "logout": lambda frame: self._in_thread(frame, self._logout),
            "call": lambda frame: self._in_thread(frame, self._call),
            "stats": lambda frame: self._in_thread(frame, self._stats),
            "send": self._send,
            "ack": self._ack,
            "lease": self._lease,
            "shutdown": self._shutdown,
        }

    def run(self) -> None:
        """Serve the parent until it goes away."""
        for frame in self._channel.frames():
            self._commands[frame["op"]](frame)
        self.end(FAREWELL)

    def end(self, grace: float, *, hang_up: float = HANG_UP_WITHIN) -> None:
        """End this process, after sends under way have had `grace` seconds to learn their outcome."""
        if not self._ending.acquire(blocking=False):
            return
        deadline = time.monotonic() + grace
        sessions = list(self._sessions.values())
        for session in sessions:
            session.muted = True
            session.abandon()
        while time.monotonic() < deadline and any(session.busy for session in sessions):
            time.sleep(0.005)
        self._hang_up(sessions, hang_up)
        os._exit(0)

    def _hang_up(self, sessions: list[HostedSession], within: float = HANG_UP_WITHIN) -> None:
        """What the library has received and not yet handed over would be lost with this process."""
        threads = [threading.Thread(target=session.hang_up, args=(within,), daemon=True) for session in sessions]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + within
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    # -- commands -----------------------------------------------------------------------------------
    def _start(self, frame: Frame) -> None:
        name = frame["session"]
        with self._names:
            if name in self._sessions or name in self._starting:
                raise EngineError("the session is already started in this host", code="already_started")
            self._starting.add(name)
        try:
            options = from_map(StartOptions, frame["options"])
            self._sessions[name] = HostedSession(name, options, self._engine, gate, self._emit)
        finally:
            self._starting.discard(name)
        try:
            self._sessions[name].start()
        except BaseException:
            failed = self._sessions.pop(name)
            failed.abandon()
            failed.release()
            raise

    def _stop(self, frame: Frame) -> bool:
        session = self._sessions.get(frame["session"])
        if session is None:
            return True
        stopped = session.stop()
        if stopped:
            self._sessions.pop(session.name, None)
        return stopped

    def _logout(self, frame: Frame) -> None:
        self._session(frame).logout()

    def _call(self, frame: Frame) -> Frame:
        if time.monotonic() > frame["deadline"]:
            raise NotConnected("the request came too late, so it was not made", code="not_attempted")
        return self._session(frame).call(frame["method"], frame["arguments"])

    def _stats(self, frame: Frame) -> Frame:
        return {**process_stats(), "sessions": {name: held.health() for name, held in list(self._sessions.items())}}

    def _send(self, frame: Frame) -> None:
        number = frame["id"]

        def done(outcome: SendFinished | EngineError) -> None:
            if isinstance(outcome, EngineError):
                self._answer(number, error=outcome)
            else:
                self._answer(number, result=to_map(outcome))

        job = SendJob(
            message=from_map(Outgoing, frame["message"]),
            deadline=frame["deadline"],
            begun=lambda: self._tell({"op": "begun", "id": number}),
            done=done,
        )
        try:
            self._session(frame).submit(job)
        except EngineError as error:
            done(error)

    def _ack(self, frame: Frame) -> None:
        session = self._sessions.get(frame["session"])
        if session is not None:
            session.ack(frame["seq"])

    def _lease(self, frame: Frame) -> None:
        self._lease_until = frame["until"]
        if self._lease_watch is None:
            self._lease_watch = threading.Thread(target=self._watch_lease, name="lease", daemon=True)
            self._lease_watch.start()

    def _watch_lease(self) -> None:
        while steady() < self._lease_until:
            time.sleep(LEASE_LOOK)
        self.end(0, hang_up=FENCED_WITHIN)

    def _shutdown(self, frame: Frame) -> None:
        threading.Thread(target=self._leave, args=(frame["grace"],), name="shutdown", daemon=True).start()

    def _leave(self, grace: float) -> None:
        # Disconnecting politely saves WhatsApp from believing in us until a timeout.
        sessions = list(self._sessions.values())
        for session in sessions:
            session.muted = True
            session.abandon()
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(session.busy for session in sessions):
            time.sleep(0.005)
        self._hang_up(sessions)
        ending = threading.Thread(target=lambda: [session.halt() for session in sessions], daemon=True)
        ending.start()
        ending.join(max(0.1, deadline - time.monotonic()))
        self.end(0)

    # -- plumbing -----------------------------------------------------------------------------------
    def _session(self, frame: Frame) -> HostedSession:
        session = self._sessions.get(frame["session"])
        if session is None:
            raise NotConnected("the session is not started in this host")
        return session

    def _in_thread(self, frame: Frame, work: Callable[[Frame], Any]) -> None:
        threading.Thread(target=self._work, args=(frame, work), name=frame["op"], daemon=True).start()

    def _work(self, frame: Frame, work: Callable[[Frame], Any]) -> None:
        try:
            result = work(frame)
        except Exception as error:  # the parent gets it as the answer
            if not isinstance(error, EngineError):
                log.exception("command %s failed", frame["op"])
            self._answer(frame["id"], error=error)
        else:
            self._answer(frame["id"], result=result)

    def _answer(self, number: int, *, result: Any = None, error: Exception | None = None) -> None:
        if error is not None:
            self._tell({"op": "answer", "id": number, "error": encode_error(error)})
        else:
            self._tell({"op": "answer", "id": number, "result": result})

    def _emit(self, event: EngineEvent, seq: int | None) -> None:
        self._tell({"op": "event", "seq": seq, "event": encode_event(event)})

    def _tell(self, frame: Frame) -> None:
        try:
            self._channel.send(frame)
        except OSError:
            pass  # the parent is gone; the reader notices and ends the process


def _allow_files() -> None:
    """Every start of a session leaks some descriptors in the library; make room until the host is recycled."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def load(path: str) -> Any:
    """The object that `package.module:name` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def main(arguments: list[str] | None = None) -> None:
    """Say hello, load the engine that the parent named, serve."""
    parser = argparse.ArgumentParser(description="Carries WhatsApp sessions for a platform worker.")
    parser.add_argument("--fd", type=int, required=True, help="inherited socket to the parent")
    parser.add_argument("--provider", required=True, help="only to tell hosts apart in `ps`")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    _allow_files()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    channel = Channel(socket.socket(fileno=options.fd))
    hello = next(channel.frames())
    try:
        if hello["prepare"]:
            load(hello["prepare"])(hello["config"])
        engine = load(hello["engine"])
    except BaseException as error:
        log.exception("the engine cannot be loaded")
        channel.send({"op": "hello", "error": encode_error(error)})
        os._exit(1)
    host = Host(channel, engine)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=host.end, args=(FAREWELL,)).start())
    channel.send({"op": "hello", "pid": os.getpid()})
    try:
        host.run()
    except BaseException:
        log.exception("the command loop ended")
    finally:
        os._exit(1)  # an ordinary exit would wait for Go's threads for ever


if __name__ == "__main__":
    main()
