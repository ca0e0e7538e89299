"""Proof that no process of a node is left on this machine."""

import subprocess
import sys
from pathlib import Path

from sessions_app.cluster import life_file
from sessions_app.cluster.life_file import LifeFile, life_files_prune


def test_nothing_is_certain_while_it_is_held(tmp_path: Path) -> None:
    life = LifeFile(tmp_path / "nodes", "a")
    life.hold()
    assert not LifeFile(tmp_path / "nodes", "a").gone()
    life.drop()
    assert LifeFile(tmp_path / "nodes", "a").gone(wait=20)  # another thread may just be starting a process


def test_nothing_is_certain_without_the_file(tmp_path: Path) -> None:
    assert not LifeFile(tmp_path, "a").gone()


def test_a_host_that_lingers_holds_it_too(tmp_path: Path) -> None:
    life = LifeFile(tmp_path / "nodes", "a")
    fd = life.hold()
    assert fd is not None
    host = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[fd]
    )
    life.drop()
    other = LifeFile(tmp_path / "nodes", "a")
    try:
        assert not other.gone()
    finally:
        host.kill()
        host.communicate()
    assert other.gone(wait=20)


def test_a_lock_of_another_machine_says_nothing(tmp_path: Path, monkeypatch) -> None:
    life = LifeFile(tmp_path / "nodes", "a")
    life.hold()
    life.drop()
    monkeypatch.setattr(life_file, "boot_id", lambda: "another")
    assert not LifeFile(tmp_path / "nodes", "a").gone()


def test_files_of_nodes_that_nobody_knows_are_removed_unless_held(tmp_path: Path) -> None:
    lives = {name: LifeFile(tmp_path / "nodes", name) for name in ("old", "known", "held")}
    for life in lives.values():
        life.hold()
    lives["old"].drop()
    lives["known"].drop()
    life_files_prune(tmp_path / "nodes", keep=["known"])
    assert sorted(path.name for path in (tmp_path / "nodes").iterdir()) == ["held", "known"]
    lives["held"].drop()


def test_without_the_folder_there_is_nothing_to_remove(tmp_path: Path) -> None:
    life_files_prune(tmp_path / "nothing", keep=[])
