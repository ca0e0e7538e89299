"""A sandbox process for the session, and engine hosts that talk to it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions_app.engine.base import QrCode, StartOptions
from sessions_app.engine.states import State
from sessions_app.sandbox.client import Phone, SandboxClient
from tests.engine.hosts import Report, running_host
from whatsapp_api.ops.children import die_with_parent

ROOT = Path(__file__).parents[2]


class SandboxProcess:
    """`python -m sessions_app.sandbox`."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "sessions_app.sandbox", "--port", "0", *options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    process = SandboxProcess()
    yield process.url
    process.stop()


@pytest.fixture
def own_sandbox() -> Iterator[Callable[[], SandboxProcess]]:
    """Sandboxes for one test, which may stop them."""
    started: list[SandboxProcess] = []

    def start() -> SandboxProcess:
        started.append(SandboxProcess())
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def sandbox(sandbox_url: str) -> Iterator[SandboxClient]:
    """The sandbox with no fault set; no client may have asked for a foreign host."""
    with SandboxClient(sandbox_url) as client:
        yield client
        client.clear_faults()
        assert client.stats()["refused_hosts"] == {}


@pytest.fixture
def host(sandbox: SandboxClient) -> Iterator[Report]:
    """A host of the sandbox provider, with nothing started."""
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as report:
        yield report


class Linked:
    """A session that a simulated phone has linked."""

    def __init__(self, report: Report, session: str, phone: Phone, store: Path) -> None:
        self.report, self.session, self.phone, self.store = report, session, phone, store
        self.host = report.host

    def wait_for(self, state: State, within: float = 60):
        return self.report.wait_for_state(state, self.session, within)

    def options(self) -> StartOptions:
        return StartOptions(store=str(self.store), expect_paired=True)


def link_session(sandbox: SandboxClient, report: Report, session: str, folder: Path) -> Linked:
    """Start a session in the host and let a new phone scan its code."""
    store = folder / session
    phone = sandbox.create_phone(name=f"Phone of {session}")
    report.host.session_start(session, StartOptions(store=str(store))).result(60)
    report.wait(lambda: report.of(QrCode, session))
    phone.scan(report.of(QrCode, session)[0].payload)
    linked = Linked(report, session, phone, store)
    linked.wait_for(State.CONNECTED)
    return linked


@pytest.fixture
def link(sandbox: SandboxClient, tmp_path: Path) -> Callable[..., Linked]:
    def link(report: Report, session: str = "one") -> Linked:
        return link_session(sandbox, report, session, tmp_path)

    return link


@pytest.fixture
def linked(host: Report, link: Callable[..., Linked]) -> Linked:
    """Session "one", linked and connected."""
    return link(host)


@pytest.fixture(scope="module")
def module_sandbox(sandbox_url: str) -> Iterator[SandboxClient]:
    """The sandbox, for tests of a module that share one session and set no lasting fault."""
    with SandboxClient(sandbox_url) as client:
        yield client


@pytest.fixture(scope="module")
def module_linked(module_sandbox: SandboxClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    """One linked session for all tests of a module."""
    with running_host("sandbox", SANDBOX_URL=module_sandbox.url) as report:
        yield link_session(module_sandbox, report, "shared", tmp_path_factory.mktemp("shared"))
