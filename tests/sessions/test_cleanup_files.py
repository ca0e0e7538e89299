"""Stores, spools and snapshots that no session speaks of, and all that must never be taken for one."""

import io
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from sessions_app.cleanup import files, stores
from sessions_app.engine.store import StoreLock
from sessions_app.models import Session
from sessions_app.snapshots import destroy
from sessions_app.snapshots.storage import snapshot_storage
from sessions_app.tasks import cleanup_files
from tests import factories
from whatsapp_api.accounts.models import Workspace

YESTERDAY = time.time() - 86_400


def age(path: Path) -> None:
    for each in (*path.rglob("*"), path):
        os.utime(each, (YESTERDAY, YESTERDAY), follow_symlinks=False)


def store(root: Path, name: object, *, known: bool = True) -> Path:
    """What a session leaves behind."""
    path = root / str(name)
    (path / "spool").mkdir(parents=True)
    (path / "neonize.db").write_text("keys")
    (path / "spool" / "1").write_text("event")
    (path / "lock").touch()
    if known:
        (path / stores.NOTE).write_text(stores.database_name())
    age(path)
    return path


@pytest.fixture
def orphan(workspace: Workspace, sessions_dir: Path) -> Path:
    return store(sessions_dir, uuid.uuid4())


@pytest.fixture
def removing(settings: Any) -> None:
    settings.CLEANUP_REMOVE = True


def test_an_orphan_is_removed_with_its_spool(orphan: Path, removing: None) -> None:
    assert cleanup_files() == 1
    assert not orphan.exists()


def test_without_being_configured_nothing_is_removed(orphan: Path) -> None:
    assert cleanup_files() == 0
    assert orphan.exists()


def test_the_store_of_a_session_stays(workspace: Workspace, sessions_dir: Path, removing: None) -> None:
    plain = store(sessions_dir, factories.session(workspace).pk)
    deleted = store(sessions_dir, factories.session(workspace, deleted_at="2026-01-01T00:00:00Z").pk)  # its owner's
    assert cleanup_files() == 0
    assert plain.exists()
    assert deleted.exists()


def test_a_store_of_another_database_stays(workspace: Workspace, sessions_dir: Path, removing: None) -> None:
    never_seen = store(sessions_dir, uuid.uuid4(), known=False)
    foreign = store(sessions_dir, uuid.uuid4(), known=False)
    (foreign / stores.NOTE).write_text("another database")
    age(foreign)
    assert cleanup_files() == 0
    assert never_seen.exists()
    assert foreign.exists()
    assert [orphan.known for orphan in stores.orphans()] == [False, False]


def test_a_session_that_was_here_and_is_deleted_elsewhere_leaves_an_orphan(
    workspace: Workspace, sessions_dir: Path, removing: None
) -> None:
    session = factories.session(workspace)
    path = store(sessions_dir, session.pk, known=False)
    assert cleanup_files() == 0
    Session.objects.all().delete()
    assert cleanup_files() == 0  # noted just now, so it is young
    age(path)
    assert cleanup_files() == 1


def test_a_store_in_use_stays(orphan: Path, removing: None) -> None:
    with StoreLock(orphan):
        assert cleanup_files() == 0
    assert cleanup_files() == 1


def test_a_store_that_is_taken_in_the_last_moment_stays(orphan: Path) -> None:
    [found] = stores.orphans()
    with StoreLock(orphan):
        assert stores.orphan_remove(found) is False
    assert orphan.exists()


def test_a_session_that_appears_in_the_last_moment_keeps_its_store(orphan: Path, workspace: Workspace) -> None:
    [found] = stores.orphans()
    factories.session(workspace, id=uuid.UUID(orphan.name))
    assert stores.orphan_remove(found) is False
    assert orphan.exists()


@pytest.mark.parametrize("part", ["", "neonize.db", "spool/1"])
def test_a_young_store_stays(orphan: Path, removing: None, part: str) -> None:
    os.utime(orphan / part)
    assert cleanup_files() == 0


def test_what_is_no_store_stays(workspace: Workspace, sessions_dir: Path, tmp_path: Path, removing: None) -> None:
    outside = store(tmp_path / "outside", uuid.uuid4())
    (sessions_dir / str(uuid.uuid4())).symlink_to(outside)
    (sessions_dir / str(uuid.uuid4())).write_text("a file")
    for name in ("worker.lock.d", str(uuid.uuid4()).upper(), uuid.uuid4().hex, f"{uuid.uuid4()} "):
        store(sessions_dir, name)
    before = sorted(sessions_dir.iterdir())

    assert cleanup_files() == 0
    assert sorted(sessions_dir.iterdir()) == before
    assert (outside / "neonize.db").exists()


def test_there_may_be_no_directory(workspace: Workspace, settings: Any, tmp_path: Path, removing: None) -> None:
    settings.SESSIONS_DIR = tmp_path / "nowhere"
    assert cleanup_files() == 0


# ---- snapshots ----
@pytest.fixture
def snapshots(workspace: Workspace, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A file without row of a session that there is, and one of a session that was never heard of."""
    options = {**settings.STORAGES["sessions"], "OPTIONS": {"location": str(tmp_path / "snapshots")}}
    settings.STORAGES = {**settings.STORAGES, "sessions": options}
    names = (f"{factories.session(workspace).pk}/1.snapshot", f"{uuid.uuid4()}/1.snapshot")
    for name in names:
        snapshot_storage().save(name, ContentFile(b"sealed"))
    age(tmp_path / "snapshots")
    return names


def test_a_snapshot_without_row_is_removed_if_its_session_is_here(snapshots: tuple[str, str], removing: None) -> None:
    mine, foreign = snapshots
    assert cleanup_files() == 1
    assert not snapshot_storage().exists(mine)
    assert snapshot_storage().exists(foreign)
    assert len(files.files_clean(unknown=True)) == 1
    assert list(destroy.orphans()) == []


# ---- the command ----
def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sessions_cleanup", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_dry_run_lists_files_and_says_how_they_would_go(orphan: Path, sessions_dir: Path) -> None:
    foreign = store(sessions_dir, uuid.uuid4(), known=False)
    text = shown("--dry-run")
    assert f"remove store {orphan}" in text
    assert f"keep store {foreign}: this database never knew it" in text
    assert "only with --remove" in text
    assert f"remove store {foreign}" in shown("--dry-run", "--unknown", "--remove")
    assert orphan.exists()
    assert foreign.exists()


def test_the_command_removes_what_it_is_told_to(orphan: Path, sessions_dir: Path) -> None:
    foreign = store(sessions_dir, uuid.uuid4(), known=False)
    assert shown() == "There is nothing to clean up.\n"
    shown("--remove")
    assert (orphan.exists(), foreign.exists()) == (False, True)
    shown("--remove", "--unknown")
    assert not foreign.exists()
