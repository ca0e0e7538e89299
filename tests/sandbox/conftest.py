"""A sandbox process and a neonize process for each test module."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.sandbox.neonize_process import Neonize, NeonizeProcess
from tests.sandbox.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> Iterator[SandboxClient]:
    """The module's sandbox, with no fault set; no client may have asked for a foreign host."""
    yield sandbox_process.client
    sandbox_process.client.clear_faults()
    assert sandbox_process.client.stats()["refused_hosts"] == {}


@pytest.fixture(scope="module")
def neonize_process(
    sandbox_process: SandboxProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NeonizeProcess]:
    """A process for real neonize clients of the module's sandbox."""
    process = NeonizeProcess(sandbox_process.client.trust(), tmp_path_factory.mktemp("neonize"))
    yield process
    process.kill()


@pytest.fixture
def fresh(neonize_process: NeonizeProcess) -> Neonize:
    """A real client that is not linked yet, showing a QR code."""
    client = neonize_process.client()
    client.start()
    client.wait("qr")
    return client


@pytest.fixture
def alice(sandbox: SandboxClient) -> Phone:
    return sandbox.create_phone(name="Alice")


@pytest.fixture
def carl(sandbox: SandboxClient) -> Phone:
    """Somebody to write to, without linked devices."""
    return sandbox.create_phone(name="Carl")


@pytest.fixture
def client(fresh: Neonize, alice: Phone) -> Neonize:
    """A real client linked to Alice's phone and connected."""
    fresh.link(alice)
    return fresh


@pytest.fixture
def own_sandbox() -> Iterator[Callable[..., SandboxProcess]]:
    """Sandboxes for one test: `own_sandbox("--state", folder)`."""
    processes: list[SandboxProcess] = []

    def start(*arguments: object) -> SandboxProcess:
        processes.append(SandboxProcess(*map(str, arguments)))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


@pytest.fixture
def own_neonize(tmp_path: Path) -> Iterator[Callable[..., NeonizeProcess]]:
    """Neonize processes for one test: `own_neonize(sandbox)`."""
    processes: list[NeonizeProcess] = []

    def start(sandbox: SandboxClient, **environment: str) -> NeonizeProcess:
        processes.append(NeonizeProcess(sandbox.trust(), tmp_path, **environment))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
