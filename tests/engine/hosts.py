"""Hosts for tests: started on demand, always ended, everything they report kept."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import pytest

from sessions_app.engine import registry
from sessions_app.engine.base import EngineEvent, StateChanged
from sessions_app.engine.client import HostExit, HostProcess
from sessions_app.engine.errors import EngineError, OutcomeUnknown
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
PATIENT = replace(FAKE, name="patient", prepare="tests.engine.fake:be_patient")
"""Its hosts wait long for a predecessor and for sends under way, so that a busy machine does not end the wait."""
registry.register(FAKE)
registry.register(PATIENT)


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

    def wait(self, condition: Callable[[], object], within: float = 60) -> None:
        deadline, heard = time.monotonic() + within, self._heard()
        # Asked without the lock: a condition may itself wait for the host, whose events need the lock to come in.
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not within {within} s; events: {self.events}, exits: {self.exits}")
            with self.changed:
                self.changed.wait_for(partial(self._heard_more, heard), min(left, 0.25))
                heard = self._heard()

    def _heard(self) -> int:
        return len(self.events) + len(self.exits)

    def _heard_more(self, before: int) -> bool:
        return self._heard() > before

    def wait_for_state(self, state: State, session: str | None = None, within: float = 60) -> StateChanged:
        last: list[StateChanged] = []

        def reached() -> bool:
            last[:] = self.of(StateChanged, session)[-1:]
            return bool(last) and last[0].state is state

        self.wait(reached, within)
        return last[0]

    def wait_for_exit(self, within: float = 60) -> HostExit:
        self.wait(lambda: self.exits, within)
        return self.exits[0]


def unanswered(ask: Callable[[float], Future[Any]]) -> None:
    """Ask, with a timeout, for what nobody answers: its outcome is unknown.

    On a busy machine the host may hear of it after a short timeout, and then attempts nothing: it gets a longer one.
    """
    for timeout in (0.3, 3, 30):
        with pytest.raises(EngineError) as caught:
            ask(timeout).result(timeout + 60)
        if caught.value.code != "not_attempted":
            break
    assert type(caught.value) is OutcomeUnknown


@contextmanager
def running_host(provider: str = "fake", *, acknowledge: bool = True, **settings: str) -> Iterator[Report]:
    report = Report(acknowledge=acknowledge)
    report.host = HostProcess(provider=provider, environment=settings, on_event=report.on_event, on_exit=report.on_exit)
    try:
        report.host.start()
        yield report
    finally:
        report.host.kill()
