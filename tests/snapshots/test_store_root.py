"""Where live stores go."""

from pathlib import Path

import pytest

from whatsapp_api.core import paths, store_root


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    """A machine whose /dev/shm is `tmp_path`, a usable tmpfs."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(store_root, "_candidates", lambda: [tmp_path])
    monkeypatch.setattr(store_root, "is_tmpfs", lambda path: True)


def test_what_was_chosen_wins(tmp_path):
    assert store_root.store_root(str(tmp_path / "mine")) == tmp_path / "mine"


def test_memory_is_preferred_and_installations_do_not_share_it(monkeypatch, tmp_path):
    first = store_root.store_root()
    assert first.parent == tmp_path
    assert first == store_root.store_root()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "other"))
    assert store_root.store_root() != first


@pytest.mark.parametrize(
    ("name", "value"),
    [("is_tmpfs", lambda path: False), ("_candidates", list), ("WANTED", 10**18)],
    ids=["disk", "nothing", "too small"],
)
def test_otherwise_the_disk(monkeypatch, name, value):
    monkeypatch.setattr(store_root, name, value)
    assert store_root.store_root() == paths.sessions_dir()


def test_memory_that_is_wiped_at_logout_is_none(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(store_root, "survives_logout", lambda: False)
    assert store_root.store_root() == paths.sessions_dir()


def test_it_tells_memory_from_disk(monkeypatch):
    monkeypatch.undo()
    kinds = {line.split()[1]: line.split()[2] for line in Path("/proc/self/mounts").read_text().splitlines()}
    assert store_root.is_tmpfs(Path("/dev/shm")) == (kinds.get("/dev/shm") == "tmpfs")
    assert store_root.is_tmpfs(Path("/proc/self")) is False
