"""`make production-check`: the production guide from its first line to the loss of everything, in real processes.

Two servers, a replica set of three, Redis, nginx with TLS: see docs/deployment.md, which quotes what this prints.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sessions_app.engine.base import MessageReceived
from sessions_app.engine.spool import Spool
from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.cluster.gaps import Gaps
from tests.e2e.cluster.load import Line, link
from tests.production.installation import Installation, Sandbox, Server, report
from tests.production.next_release import add_migration
from tests.production.traffic import Traffic

SESSIONS = 6
pytestmark = pytest.mark.timeout(1800)


class World:
    """What all steps share: they are one story, told in order."""

    sandbox: SandboxClient
    here: Installation
    api: Api
    lines: list[Line]
    friend: Phone


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, world = tmp_path_factory.mktemp("production"), World()
    whatsapp = Sandbox(folder / "whatsapp")
    world.sandbox = whatsapp.start()
    addresses = ("127.0.0.11", "127.0.0.12", "127.0.0.13")
    world.here = Installation(folder / "here", addresses, whatsapp.url, folder / "shared", folder / "opt")
    try:
        yield world
    finally:
        world.here.stop()
        whatsapp.stop()


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report(**{what: f"{time.monotonic() - began:.1f} s"})


@contextmanager
def traffic(world: World, name: str, *, lost: Server | None = None) -> Iterator[Gaps]:
    """Messages both ways meanwhile, and what became of them; the disk of a `lost` server still has some."""
    with Gaps(world.sandbox, [line.phone.number for line in world.lines]) as gaps:
        with Traffic(world.api, world.lines, world.friend, name) as load:
            load.left = lambda line: texts_left(lost, line) if lost else set()
            yield gaps
            eventually(lambda: gaps.all_online, "all are online again", 60)
            time.sleep(2)
        waiting = sum(len(load.left(line)) for line in world.lines)
        report(**{name: f"{load.check()}; {waiting} events on a lost disk; {gaps.summary()}"})
    assert gaps.replaced == 0


def texts_left(server: Server, line: Line) -> set[str]:
    """Of messages that nobody had acknowledged to the host when its machine went away."""
    events = Spool.leftovers(server.root / "var" / "sessions" / line.session_id)
    return {event.text for _, event in events if isinstance(event, MessageReceived)}


def test_the_guide_sets_up_two_servers(world: World) -> None:
    with timed("from an empty disk until https answers"):
        world.here.install()
        world.here.start()
        world.here.start_nginx()
        world.api = world.here.api()
    said = world.here.manage(world.here.servers[1], "doctor")
    assert "problem" not in said.lower().replace("0 problems", ""), said
    health = eventually(lambda: _well(world), "all parts are well, three sessions workers among them", 60)
    assert health["database"]["detail"]["members"] == 3


def _well(world: World) -> Any:
    answer = world.api.http.get(f"{world.here.url}/api/health").json()
    workers = answer["parts"]["sessions_workers"]["detail"]["nodes"]
    return answer["parts"] if answer["status"] == "ok" and len(workers) == 3 else None


def test_messages_go_out_and_come_in(world: World) -> None:
    world.friend = world.sandbox.create_phone("34600777999", auto_receipt="delivered")
    world.lines = link(world.api, world.sandbox, SESSIONS, prefix="34600777")
    with traffic(world, "quiet"):
        time.sleep(5)


def test_a_rolling_upgrade_loses_nothing(world: World) -> None:
    opt = world.here.opt
    shutil.copytree(
        opt / "whatsapp-api-1", opt / "whatsapp-api-2", symlinks=True, ignore=shutil.ignore_patterns(".venv")
    )
    name = add_migration(opt / "whatsapp-api-2")
    with traffic(world, "upgrade") as gaps:
        for server in world.here.servers:
            with timed(f"upgrade of server {server.letter}"):
                world.here.upgrade(server)
        time.sleep(5)
    assert name in world.here.manage(world.here.servers[0], "showmigrations", "messaging")
    assert max(gaps.longest.values()) < 10, gaps.summary()
    for server in world.here.servers:
        report(
            **{f"stops on {server.letter}": {name: f"{s:.1f} s" for name, s in server.systemd.stopped_after.items()}}
        )
    assert _version(world, "web") == {"whatsapp-api-2"}


def _all_carry(world: World) -> bool:
    parts = world.api.http.get(f"{world.here.url}/api/health").json()["parts"]
    nodes = parts["sessions_workers"]["detail"]["nodes"].values()
    return len(nodes) == 3 and all(node["sessions"] for node in nodes)


def _version(world: World, unit: str) -> set[str]:
    pids = [server.systemd.units[f"whatsapp-{unit}"].pid for server in world.here.servers]
    return {Path(f"/proc/{pid}/cwd").resolve().name for pid in pids}


def test_one_server_is_lost(world: World) -> None:
    eventually(lambda: _all_carry(world), "each worker carries sessions", 60, pause=0.5)
    server = world.here.servers[1]
    with traffic(world, "one lost", lost=server) as gaps:
        time.sleep(2)
        world.here.lose(server)
        time.sleep(15)
    assert max(gaps.longest.values()) < 40, gaps.summary()


def test_everything_is_lost_and_restored_elsewhere(world: World) -> None:
    old = world.here
    old.manage(old.servers[0], "backup")
    assert "is sound" in old.manage(old.servers[0], "backup", "--verify", "last")
    old.lose_everything()
    kept = old.folder.parent / "kept"
    shutil.move(old.shared / "backups", kept / "backups")
    shutil.rmtree(old.folder)
    shutil.rmtree(old.shared)
    addresses = ("127.0.0.21", "127.0.0.22", "127.0.0.23")
    world.here = Installation(
        old.folder.parent / "elsewhere", addresses, old.sandbox_url, kept, old.opt, "whatsapp-api-2", old.secrets
    )
    with timed("from empty machines until all accounts are connected"):
        world.here.install()
        world.here.restore()
        world.here.start()
        world.here.start_nginx()
        world.api = world.here.api()
        for line in world.lines:
            world.api.wait_state(line.session_id, "CONNECTED", 60)
    stored = {row["text"] for line in world.lines for row in world.api.messages(line.session_id, direction="in")}
    assert all(text in stored for line in world.lines for text in line.received)
    with traffic(world, "restored"):
        time.sleep(3)
