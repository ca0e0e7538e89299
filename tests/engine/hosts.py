"""Hosts for tests: started on demand, always ended, everything they report kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sessions_app.engine import registry
from sessions_app.engine.base import EngineEvent, StateChanged
from sessions_app.engine.client import HostExit, HostProcess
from sessions_app.engine.provider import Launch, Provider
from sessions_app.engine.states import State
from sessions_app.engine.whatsapp.provider import engine_environment

Event = TypeVar("Event", bound=EngineEvent)

FAKE = Provider(
    name="fake",
    label="Fake",
    engine="tests.engine.fake:FakeEngine",
    capabilities=frozenset({"send.text"}),
    launch=lambda settings: Launch({**engine_environment(), **settings}),
)
registry.register(FAKE)


@dataclass
class Report:
    """What one host said, in order, and how it ended."""

    host: HostProcess = field(init=False)
    events: list[tuple[EngineEvent, int | None]] = field(default_factory=list)
    exits: list[HostExit] = field(default_factory=list)
    acknowledge: bool = True
    changed: threading.Condition = field(default_factory=threading.Condition)

    def on_event(self, event: EngineEvent, seq: int | None) -> None:
        with self.changed:
            self.events.append((event, seq))
            self.changed.notify_all()
        if self.acknowledge and seq is not None:
            self.host.ack(event.session, seq)

    def on_exit(self, host: HostProcess, exit_: HostExit) -> None:
        with self.changed:
            self.exits.append(exit_)
            self.changed.notify_all()

    def of(self, kind: type[Event], session: str | None = None) -> list[Event]:
        return [e for e, _ in list(self.events) if isinstance(e, kind) and session in (None, e.session)]

    def states(self, session: str | None = None) -> list[State]:
        return [event.state for event in self.of(StateChanged, session)]

    def wait(self, condition: Callable[[], object], within: float = 15) -> None:
        deadline = time.monotonic() + within
        with self.changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not within {within} s; events: {self.events}, exits: {self.exits}")
                self.changed.wait(min(left, 0.25))

    def wait_for_state(self, state: State, session: str | None = None, within: float = 15) -> StateChanged:
        self.wait(lambda: self.states(session)[-1:] == [state], within)
        return self.of(StateChanged, session)[-1]

    def wait_for_exit(self, within: float = 15) -> HostExit:
        self.wait(lambda: self.exits, within)
        return self.exits[0]


@contextmanager
def running_host(provider: str = "fake", *, acknowledge: bool = True, **settings: str) -> Iterator[Report]:
    report = Report(acknowledge=acknowledge)
    report.host = HostProcess(provider=provider, environment=settings, on_event=report.on_event, on_exit=report.on_exit)
    try:
        report.host.start()
        yield report
    finally:
        report.host.kill()
