"""A real session owner in this process: real database, real Redis, real host processes."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.utils import timezone

from messaging.models import Direction, Message, MessageState
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Node, Session
from sessions_app.quick_redis import client
from sessions_app.sandbox.client import Phone, SandboxClient
from sessions_app.worker.supervisor import SessionSupervisor
from sessions_app.worker.timings import Timings
from tests import factories
from tests.engine import hosts  # noqa: F401 - registers the provider "fake"
from tests.engine.conftest import SandboxProcess
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.events.models import Event, EventType

T = TypeVar("T")
QUICK = Timings(
    settle=0, sweep=0.2, backoff_first=0.05, backoff_most=0.2, move_after=0.2, host_grace=0.5, stats_every=0.2
)


def eventually(probe: Callable[[], T | None], what: str, within: float = 90) -> T:
    """The first truthy answer of `probe`."""
    deadline = time.monotonic() + within
    while not (answer := probe()):
        assert time.monotonic() < deadline, f"{what} did not happen within {within} s"
        time.sleep(0.01)
    return answer


def told(session: Session, state: State, reason: Reason) -> None:
    """It is or was in this state: one that lasts for a moment only may be missed in its row, never among the events."""
    news = Event.objects.filter(type=EventType.SESSION_STATUS, session_id=session.pk)
    eventually(news.filter(payload__state=state.value, payload__reason=reason.value).exists, f"{state}, {reason}")


def in_shared_host(live: Any) -> bool:
    """Connected, and not where it was linked. The host is read once: another thread may be taking it out of there."""
    slot = live.slot
    return slot is not None and not (slot.dead or slot.alone) and live.state is State.CONNECTED


class Gate:
    """Keeps a message under way until the test opens it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "open"
        self.content = {"until": str(self._path)}

    def open(self) -> None:
        self._path.touch()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path)
    yield gate
    gate.open()


class Owner:
    """A running SessionSupervisor, and what the database says of its sessions."""

    def __init__(self, timings: Timings = QUICK) -> None:
        self.supervisor = SessionSupervisor(timings=timings)
        self.supervisor.start()
        self._running = True

    def stop(self) -> None:
        if self._running:
            self._running = False
            self.supervisor.stop()

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Stops meanwhile; at the end it has stopped."""
        thread = threading.Thread(target=self._stop_aside)
        thread.start()
        yield
        thread.join()

    def _stop_aside(self) -> None:
        self.stop()
        connection.close()

    def live(self, session: Session) -> Any:
        return self.supervisor.registry.get(session.pk)

    def host(self, session: Session) -> Any:
        return self.live(session).slot.host

    def state(self, session: Session, state: State, within: float = 90) -> Session:
        def reached() -> Session | None:
            row = Session.objects.get(pk=session.pk)
            return row if row.state == state else None

        return eventually(reached, f"{state} of {session.name}", within)


@pytest.fixture
def sessions_dir(settings: Any, tmp_path: Path) -> Path:
    settings.SESSIONS_DIR = tmp_path / "sessions"
    settings.SESSION_LEASE_SECONDS = 120  # a machine that is held up must not end it; see tests of leases
    settings.SESSION_SPARE_HOSTS = 0  # tests that count hosts ask for some
    return settings.SESSIONS_DIR


@pytest.fixture
def workspace(transactional_db: None, sessions_dir: Path) -> Workspace:
    client().flushdb()
    return factories.workspace()


@pytest.fixture
def start_owner(workspace: Workspace) -> Iterator[Callable[..., Owner]]:
    owners: list[Owner] = []

    def start(**arguments: Any) -> Owner:
        owners.append(Owner(**arguments))
        return owners[-1]

    yield start
    for owner in owners:
        owner.stop()
    connection.close()


@pytest.fixture
def owner(start_owner: Callable[..., Owner]) -> Owner:
    return start_owner()


@pytest.fixture
def linked(workspace: Workspace) -> Callable[..., Session]:
    """Sessions of the fake engine that a person wants to run."""

    def linked(name: str = "Support", **fields: Any) -> Session:
        defaults = {
            "provider": "fake",
            "state": State.STOPPED.value,
            "reason": "",
            "generation": 1,
            "state_generation": 0,
            "desired": Desired.STARTED,
        }
        if dead := fields.get("owner"):
            Node.objects.create(name=dead, dead_at=timezone.now())
        return factories.connected_session(workspace, name, **{**defaults, **fields})

    return linked


@pytest.fixture
def queue() -> Callable[..., Message]:
    def queue(session: Session, **fields: Any) -> Message:
        content = {"text": "Hello", **fields.pop("content", {})}
        out = {"direction": Direction.OUT, "state": MessageState.QUEUED, "from_me": True, "content": content}
        return factories.message(session, **{**out, **fields})

    return queue


@pytest.fixture
def settled() -> Callable[[Message, str], Message]:
    def settled(message: Message, state: str) -> Message:
        def reached() -> Message | None:
            row = Message.objects.get(pk=message.pk)
            return row if row.state == state else None

        return eventually(reached, f"message {state}")

    return settled


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, settings: Any) -> Iterator[SandboxClient]:
    settings.SANDBOX_URL = sandbox_process.url
    with SandboxClient(sandbox_process.url) as client:
        yield client
        client.clear_faults()


@pytest.fixture
def friend(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(name="Friend")


@pytest.fixture
def phone(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(name="Own")


def store_of(directory: Path, session: Session) -> Path:
    return directory / str(uuid.UUID(str(session.pk)))
