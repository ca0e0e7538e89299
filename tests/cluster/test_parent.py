"""The process above a sessions worker, with a worker that only pretends."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from sessions_app.cluster.models import Node
from sessions_app.cluster.redis_witness import KEY, RedisWitness
from sessions_app.cluster.streams import WAKE_STREAM
from tests.e2e.api import eventually
from whatsapp_api.core.paths import REPOSITORY

WORKER = """
import os, signal, subprocess, sys, time
from pathlib import Path
from sessions_app.cluster.life_file import LifeFile
life = LifeFile(Path(sys.argv[1]), "node-a")
fd = life.hold()
redis_url = sys.argv[-1] if "others" in sys.argv else ""
lease = 1 if "frozen" in sys.argv else 1000
os.write(int(os.environ["SESSION_NODES_FD"]), f"{sys.argv[1]}/node-a\\t{redis_url}\\t{lease}\\n".encode())
host = [sys.executable, "-c", "import time; time.sleep(300)"]
if "host" in sys.argv:
    subprocess.Popen(host, pass_fds=[fd], start_new_session=True)
if "orphan" in sys.argv:
    subprocess.run(["sh", "-c", "sleep 0.05 &"])
def end(*_):
    life.remove()
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
print("up", os.getpid(), flush=True)
if "frozen" in sys.argv:
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(300)
"""
# The same parent, but others may take their time: on a busy machine it would do all by itself.
PATIENT = """
import sys
from sessions_app.cluster import last_word, obituary
from sessions_app.worker.parent import main
last_word.DEADLINE = obituary.TOLD_WITHIN = 120
sys.exit(main())
"""
ENDS_WITHIN = 120  # it may have to load Django
Begin = Callable[..., "Family"]


class Family:
    def __init__(self, folder: Path, *arguments: str) -> None:
        module = ["-c", PATIENT] if "others" in arguments else ["-m", "sessions_app.worker.parent"]
        self.parent = subprocess.Popen(
            [
                sys.executable,
                *module,
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
    assert family.parent.wait(ENDS_WITHIN) == 128 + signal.SIGKILL
    assert dead()
    assert Node.objects.get(name="node-a").cause == "worker died"


def test_it_ends_a_worker_that_gives_no_sign_of_life_for_longer_than_its_lease(begin: Begin) -> None:
    family = begin("frozen")
    assert family.parent.wait(ENDS_WITHIN) == 128 + signal.SIGKILL
    assert "no sign of life" in family.parent.stdout.read()
    assert dead()


def test_others_that_live_release_it_without_django_in_the_parent(begin: Begin) -> None:
    """Here a thread hears the word, as the others' readers do."""
    client = Redis.from_url(settings.REDIS_URL)
    client.delete(KEY, WAKE_STREAM)
    client.hset(KEY, mapping={"node-a": 3, "node-b": 3})
    heard: list[Any] = []

    def other() -> None:
        entries: Any = client.xread({WAKE_STREAM: "0"}, block=120_000)
        heard.append(entries[0][1][0][1])
        RedisWitness(settings.REDIS_URL, deadline=60).release("node-a")

    listening = threading.Thread(target=other, daemon=True)
    family = begin("others", settings.REDIS_URL)
    listening.start()
    os.kill(family.worker, signal.SIGKILL)
    assert family.parent.wait(ENDS_WITHIN) == 128 + signal.SIGKILL
    assert heard == [{b"cluster": b"1", b"gone": b"node-a"}]
    assert "released ['node-a']" in family.parent.stdout.read()
    assert not dead(), "the parent left the database to the other"


def test_it_ends_hosts_that_outlive_the_worker_before_it_says_so(begin: Begin) -> None:
    family = begin("host")
    host = psutil.Process(family.worker).children()[0]
    os.kill(family.worker, signal.SIGKILL)
    family.parent.wait(ENDS_WITHIN)
    assert dead()
    with contextlib.suppress(psutil.NoSuchProcess):  # a zombie may be collected at any moment
        assert host.status() == psutil.STATUS_ZOMBIE


def test_it_hands_sigterm_on_and_has_nothing_to_say_after_an_orderly_end(begin: Begin) -> None:
    family = begin()
    family.parent.terminate()
    assert family.parent.wait(ENDS_WITHIN) == 7
    assert not dead()


EARLY = """
import os, signal, sys
from sessions_app.worker import parent
prepare = parent._preparation
def told_to_stop():
    os.kill(os.getpid(), signal.SIGTERM)
    return prepare()
parent._preparation = told_to_stop
sys.exit(parent.main())
"""


def test_a_signal_that_comes_before_the_worker_is_handed_on_as_well() -> None:
    worker = [sys.executable, "-c", "import time; time.sleep(300)"]
    parent = subprocess.run([sys.executable, "-c", EARLY, "--", *worker], cwd=REPOSITORY, check=False)
    assert parent.returncode == 128 + signal.SIGTERM  # the worker's end; its own would be -SIGTERM


def test_the_worker_is_told_to_stop_when_the_parent_is_killed(begin: Begin) -> None:
    family = begin()
    worker = psutil.Process(family.worker)
    family.parent.kill()
    worker.wait(60)


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


def test_it_collects_what_the_worker_leaves_behind_while_it_lives(begin: Begin) -> None:
    family = begin("orphan")
    eventually(lambda: len(psutil.Process(family.parent.pid).children()) == 1, "only the worker is left")
    assert family.parent.poll() is None
    assert psutil.Process(family.parent.pid).children()[0].pid == family.worker
