"""The process above a sessions worker, with a worker that only pretends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection

from sessions_app.cluster.models import Node
from whatsapp_api.core.paths import REPOSITORY

WORKER = """
import os, signal, subprocess, sys, time
from pathlib import Path
from sessions_app.cluster.life_file import LifeFile
life = LifeFile(Path(sys.argv[1]), "node-a")
fd = life.hold()
os.write(int(os.environ["SESSION_NODES_FD"]), f"{sys.argv[1]}/node-a\\n".encode())
host = [sys.executable, "-c", "import time; time.sleep(300)"]
if "host" in sys.argv:
    subprocess.Popen(host, pass_fds=[fd], start_new_session=True)
def end(*_):
    life.remove()
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
print("up", os.getpid(), flush=True)
time.sleep(300)
"""
Begin = Callable[..., "Family"]


class Family:
    def __init__(self, folder: Path, *arguments: str) -> None:
        self.parent = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "sessions_app.worker.parent",
                "--",
                sys.executable,
                "-c",
                WORKER,
                folder,
                *arguments,
            ],
            cwd=REPOSITORY,
            env={**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.parent.stdout is not None
        self.worker = int(self.parent.stdout.readline().split()[1])


def database_url() -> str:
    """The very database of this test, for a process of its own."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def begin(transactional_db, tmp_path: Path) -> Iterator[Begin]:
    Node.objects.create(name="node-a", beats=1)
    connection.close()
    begun: list[Family] = []

    def begin(*arguments: str) -> Family:
        begun.append(Family(tmp_path, *arguments))
        return begun[-1]

    yield begin
    for family in begun:
        family.parent.kill()
        family.parent.communicate()


def dead() -> bool:
    return Node.objects.get(name="node-a").dead_at is not None


def test_it_releases_the_lease_of_a_worker_that_was_killed(begin: Begin) -> None:
    family = begin()
    os.kill(family.worker, signal.SIGKILL)
    assert family.parent.wait(20) == 128 + signal.SIGKILL
    assert dead()
    assert Node.objects.get(name="node-a").cause == "worker died"


def test_it_ends_hosts_that_outlive_the_worker_before_it_says_so(begin: Begin) -> None:
    family = begin("host")
    host = psutil.Process(family.worker).children()[0]
    os.kill(family.worker, signal.SIGKILL)
    family.parent.wait(20)
    assert dead()
    assert not host.is_running() or host.status() == psutil.STATUS_ZOMBIE


def test_it_hands_sigterm_on_and_has_nothing_to_say_after_an_orderly_end(begin: Begin) -> None:
    family = begin()
    family.parent.terminate()
    assert family.parent.wait(20) == 7
    assert not dead()


def test_the_worker_is_told_to_stop_when_the_parent_is_killed(begin: Begin) -> None:
    family = begin()
    worker = psutil.Process(family.worker)
    family.parent.kill()
    worker.wait(10)


def test_it_is_small(begin: Begin) -> None:
    family = begin()
    assert psutil.Process(family.parent.pid).memory_info().rss < 20 * 1024 * 1024


def test_it_takes_only_a_command() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "sessions_app.worker.parent", "celery"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert "usage" in answer.stderr
