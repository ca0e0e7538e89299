"""The whole product in processes of its own, started by the very runner that `make run` uses."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.mongod import free_port

ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = "correct-horse-battery-staple"
# What the suite itself runs on must not leak into the product under test.
NOT_PASSED_ON = ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "DATABASE_URL", "PYTEST_CURRENT_TEST")


class Platform:
    """`with Platform(folder) as platform:` on free ports and an empty data directory."""

    own_mounts = False
    """What a test mounts for its processes (tests/e2e/faults.py), nobody else sees. For root only."""

    def __init__(
        self, folder: Path, *, database_url: str = "", arguments: tuple[str, ...] = (), **settings: str
    ) -> None:
        self.data_dir = folder / "data"
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.admin = (ADMIN_USERNAME, ADMIN_PASSWORD)
        self._log = folder / "platform.log"
        self._arguments = arguments
        self.environment = self._variables(database_url) | settings
        self._runner: subprocess.Popen[bytes] | None = None
        self._restarts_at_kill: dict[str, int] = {}

    def __enter__(self) -> "Platform":
        try:
            return self.start().wait_ready()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "Platform":
        prefix = ["unshare", "--mount"] if self.own_mounts and os.geteuid() == 0 else []
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as output:
            self._runner = subprocess.Popen(
                [*prefix, sys.executable, "-m", "whatsapp_api.ops.runner", *self._arguments],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        return self

    def wait_ready(self, timeout: float = 180) -> "Platform":
        """Until web and sandbox answer; the workers may still be on their way."""
        ready = self.data_dir / "run" / "ready"
        # A killed runner leaves its file behind, hence the comparison.
        expected = f"{self.runner_pid}\n"
        self._wait(lambda: _text(ready) == expected, timeout, "the platform is not ready")
        return self

    def stop(self) -> int:
        """As Ctrl-C does; returns the runner's exit code."""
        if self._runner is None:
            return 0
        self._runner.send_signal(signal.SIGINT)
        stop_child(self._runner, grace=90)
        return self._runner.returncode

    @property
    def runner_pid(self) -> int:
        assert self._runner is not None
        return self._runner.pid

    def processes(self) -> dict[str, dict[str, Any]]:
        """The runner's record: `pid` (None between two lives), `create_time` and `restarts` by name."""
        content: dict[str, dict[str, Any]] = json.loads((self.data_dir / "run" / "processes.json").read_text())
        return content

    def pid(self, name: str) -> int:
        pid = self.processes()[name]["pid"]
        assert pid is not None, f"{name} is not running"
        return int(pid)

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal to one process, by its recorded id; returns that id."""
        self._restarts_at_kill[name] = self.processes()[name]["restarts"]
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def kill_worker(self, name: str = "sessions") -> None:
        """SIGKILL for the worker itself, below its parent."""
        self._restarts_at_kill[name] = self.processes()[name]["restarts"]
        self.worker(name).kill()

    def worker(self, name: str = "sessions") -> psutil.Process:
        """The Celery process below its parent, which may also hold what hosts left behind; waits until it is there."""
        found: list[psutil.Process] = []

        def there() -> bool:
            found[:] = _celery_below(self.processes()[name]["pid"])
            return len(found) == 1

        self._wait(there, 90, f"{name} has no worker")
        return found[0]

    def wait_restarted(self, name: str, timeout: float = 90) -> int:
        """Until a process that `kill` hit has a successor; returns its id."""
        before = self._restarts_at_kill[name]

        def restarted() -> bool:
            record = self.processes()[name]
            return record["restarts"] > before and record["pid"] is not None

        self._wait(restarted, timeout, f"{name} was not started again")
        return self.pid(name)

    def logs(self, name: str = "") -> str:
        """What was printed so far, by all processes or by one; a line that is just being written is no line yet."""
        whole, _, _ = _text(self._log).rpartition("\n")
        lines = whole.splitlines()
        return "\n".join(line for line in lines if not name or line.split(" ", 1)[0] == name)

    def tail(self, lines: int = 80) -> str:
        return "\n".join(self.logs().splitlines()[-lines:])

    def _variables(self, database_url: str) -> dict[str, str]:
        passed_on = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        return passed_on | {
            "DATA_DIR": str(self.data_dir),
            "SESSIONS_DIR": str(self.data_dir / "sessions"),  # else it would be left in /dev/shm
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DATABASE_URL": database_url,
            "DJANGO_DEBUG": "1",
            "ADMIN_USERNAME": ADMIN_USERNAME,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
        }

    def _wait(self, condition: Callable[[], bool], timeout: float, failure: str) -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            if self._runner is not None and self._runner.poll() is not None:
                raise RuntimeError(f"the runner ended with code {self._runner.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{failure} after {timeout:.0f} s:\n{self.tail()}")
            time.sleep(0.05)


def _celery_below(pid: int | None) -> list[psutil.Process]:
    """None while its parent is between two lives, or somebody ends right now."""
    try:
        children = psutil.Process(pid).children() if pid else []
        alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
        return [child for child in alive if "celery" in " ".join(child.cmdline())]
    except psutil.NoSuchProcess:
        return []


def _text(path: Path) -> str:
    """Of a file that others make and remove."""
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def database_url_for(name: str) -> str:
    """Another database on the server that this run uses; empty (SQLite in the data directory) when it uses none."""
    url = os.environ.get("DATABASE_URL", "")
    return urlsplit(url)._replace(path=f"/{name}").geturl() if url else ""
