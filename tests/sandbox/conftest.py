"""A sandbox process for each test module, and neonize processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.sandbox.neonize_process import NeonizeProcess

ROOT = Path(__file__).parents[2]


class SandboxProcess:
    """`python -m sessions_app.sandbox`, and its client."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.start()

    def start(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "sessions_app.sandbox", "--port", str(port), *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ})
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.port = int(self.url.rpartition(":")[2])
        self.client = SandboxClient(self.url)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.client.close()
        self.process.send_signal(number)
        code = self.process.wait(10)
        self.process.stdout.close()
        return code

    def restart(self, number: int = signal.SIGKILL) -> None:
        """End it and start it again on the same port."""
        self.stop(number)
        self.start(self.port)


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


@pytest.fixture
def neonize(sandbox: SandboxClient, tmp_path: Path) -> Iterator[NeonizeProcess]:
    """A process for real neonize clients of the module's sandbox."""
    process = NeonizeProcess(sandbox.trust(), tmp_path)
    yield process
    process.kill()


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[Callable[..., SandboxProcess]]:
    """Sandboxes for one test: `own_sandbox("--state", folder)`."""
    processes: list[SandboxProcess] = []

    def start(*arguments: str) -> SandboxProcess:
        processes.append(SandboxProcess(*arguments))
        return processes[-1]

    yield start
    for process in processes:
        if process.process.poll() is None:
            process.stop()
