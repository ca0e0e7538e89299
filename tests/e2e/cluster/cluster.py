"""Three sessions workers on two "machines": two share a folder of stores, the third has its own and a wrong clock."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import psutil
from redis import Redis

from tests.e2e.faults import held
from tests.e2e.platform import Platform
from tests.frozen import frozen, frozen_when, sqlite_writer
from whatsapp_api.core.paths import REPOSITORY
from whatsapp_api.ops import redis_server
from whatsapp_api.ops.children import die_with_parent, stop_child
from whatsapp_api.ops.procfile import read_procfile

WORKERS = ("sessions-1", "sessions-2", "sessions-3")
MACHINES = {"sessions-1": "a", "sessions-2": "a", "sessions-3": "b"}
SKEWED = Path(__file__).parent / "skewed"
LEASE = int(os.environ.get("CLUSTER_LEASE", "10"))


def write_procfile(path: Path) -> None:
    """The product's own, with three sessions workers in the place of one."""
    lines = []
    for name, command in read_procfile(REPOSITORY / "Procfile").items():
        if name != "sessions":
            lines.append(f"{name}: {command}")
            continue
        for number, worker in enumerate(WORKERS, start=1):
            clock = f"PYTHONPATH={SKEWED}" if MACHINES[worker] == "b" else "PYTHONPATH="
            stores = f'SESSIONS_DIR="$SESSIONS_DIR/{MACHINES[worker]}"'
            gate = f"while test -e {path.parent / worker}; do sleep 0.1; done"
            lines.append(f"{worker}: sh -c '{gate}; exec env INSTANCE={number} {stores} {clock} {command}'")
    path.write_text("\n".join(lines))


class OwnRedis:
    """A Redis that the runner does not restart."""

    def __init__(self, folder: Path) -> None:
        self._socket, self._data = folder / "redis.sock", folder / "redis"
        self.url = f"unix://{self._socket}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = redis_server.command(self._socket, self._data)
        self._child = subprocess.Popen(command, preexec_fn=die_with_parent)
        while not redis_server.answers(self._socket):
            assert self._child.poll() is None, "Redis did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._child is not None:
            stop_child(self._child)

    def lose_everything(self) -> None:
        shutil.rmtree(self._data)


class Cluster:
    """The platform, its workers, and what can be taken from them."""

    def __init__(self, folder: Path, platform: Platform, redis: OwnRedis, database_url: str) -> None:
        self._folder = folder
        self.platform = platform
        self.redis = redis
        self._database_url = database_url
        self._file = platform.data_dir / "db.sqlite3"

    # -- workers ------------------------------------------------------------------------------------
    def parent(self, name: str) -> psutil.Process:
        return psutil.Process(self.platform.pid(name))

    def worker(self, name: str) -> psutil.Process:
        """The Celery process below the parent."""
        return self.platform.worker(name)

    def carried(self) -> dict[str, int]:
        """How many sessions run in each worker's hosts, as of the last seconds."""
        by_pid = {told["pid"]: sum(len(host["sessions"]) for host in told["hosts"]) for told in self._statuses()}
        return {name: by_pid.get(self.worker(name).pid, 0) for name in WORKERS}

    def pairing_hosts(self) -> int:
        """How many sessions have yet to move from the host in which they were linked."""
        return sum(host["alone"] for told in self._statuses() for host in told["hosts"])

    def _statuses(self) -> list[dict[str, Any]]:
        with Redis.from_url(self.redis.url) as client:
            found = [cast("bytes | None", client.get(key)) for key in client.scan_iter("wa:status:*")]
        return [json.loads(data) for data in found if data]

    def kill(self, name: str) -> None:
        self.worker(name).kill()

    @contextmanager
    def lost(self, name: str) -> Iterator[None]:
        """As when the power of its machine fails: nobody is left to say anything, and nothing is started again."""
        gate = self._folder / name
        gate.touch()
        family = [self.parent(name), *self.parent(name).children(recursive=True)]
        for process in family:
            process.suspend()
        for process in family:
            process.kill()
        yield
        gate.unlink()

    def terminate(self, name: str) -> None:
        self.parent(name).send_signal(signal.SIGTERM)

    @contextmanager
    def hung(self, name: str) -> Iterator[None]:
        """The worker stands still at the worst moment: on SQLite nobody else can write meanwhile."""
        pid = self.worker(name).pid
        with frozen_when(lambda: bool(self._database_url) or sqlite_writer(self._file) == pid, pid):
            yield

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """With all that could end it, as when its machine is stopped from outside. Its hosts run, and have to end."""
        with held(self.platform, self.parent(name).pid, self.worker(name).pid):
            yield

    # -- what it stands on --------------------------------------------------------------------------
    @contextmanager
    def database_away(self) -> Iterator[None]:
        if self._database_url:
            with frozen(_mongod(self._database_url).pid):
                yield
            return
        # A file cannot be away, but it can be locked.
        with closing(sqlite3.connect(self._file, timeout=60, isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            yield
            database.execute("ROLLBACK")

    @contextmanager
    def redis_away(self) -> Iterator[None]:
        """And back empty."""
        self.redis.stop()
        self.redis.lose_everything()
        yield
        self.redis.start()


def _mongod(url: str) -> psutil.Process:
    """Ours: a child of this process that listens on the URL's port."""
    port = str(urlsplit(url).port)
    found = [each for each in psutil.Process().children() if port in each.cmdline()]
    assert len(found) == 1
    return found[0]


@contextmanager
def running(folder: Path, database_url: str) -> Iterator[Cluster]:
    procfile = folder / "Procfile"
    write_procfile(procfile)
    redis = OwnRedis(folder)
    redis.start()
    platform = Platform(
        folder,
        database_url=database_url,
        arguments=("--procfile", str(procfile)),
        REDIS_URL=redis.url,
        SESSION_LEASE_SECONDS=str(LEASE),
        SESSION_REBALANCE_SECONDS="1",
    )
    try:
        with platform:
            yield Cluster(folder, platform, redis, database_url)
    finally:
        redis.stop()
