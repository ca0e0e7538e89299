"""The end of credentials: key, files, rows, and stores left elsewhere."""

import os
import shutil
import time

import pytest

from sessions_app.snapshots import envelope
from sessions_app.snapshots.data_keys import data_key
from sessions_app.snapshots.destroy import orphans, orphans_remove, snapshots_destroy
from sessions_app.snapshots.errors import SnapshotDamaged, StaleOwner
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from sessions_app.snapshots.restore import Adopted, snapshot_restore
from sessions_app.snapshots.storage import snapshot_storage
from sessions_app.snapshots.take import snapshot_take


@pytest.fixture
def store(session, tmp_path, live):
    folder = tmp_path / "a" / str(session.pk)
    snapshot_restore(session_id=session.pk, epoch=1, store=folder)
    live(folder)
    snapshot_take(session_id=session.pk, epoch=1, store=folder)
    return folder


def test_key_files_and_rows_are_gone(session, store, files):
    assert snapshots_destroy(session_id=session.pk, epoch=1) == 1
    assert SessionKey.objects.get().sealed == ""
    assert not SessionSnapshot.objects.exists()
    assert list(files.iterdir()) == []


def test_a_kept_copy_of_a_file_cannot_be_read_with_the_next_key(session, store, files, live):
    snapshot = SessionSnapshot.objects.get()
    data = (files / snapshot.name).read_bytes()
    snapshots_destroy(session_id=session.pk, epoch=1)
    snapshot_take(session_id=session.pk, epoch=1, store=store)
    key = data_key(SessionKey.objects.get())
    with pytest.raises(SnapshotDamaged):
        envelope.open_(data, key=key, session_id=session.pk, version=snapshot.version)


def test_versions_go_on_after_it(session, store, live):
    snapshots_destroy(session_id=session.pk, epoch=1)
    snapshot_take(session_id=session.pk, epoch=1, store=store)
    assert SessionSnapshot.objects.get().version == 3


def test_a_stale_owner_destroys_nothing(session, store, next_owner):
    next_owner(session)
    with pytest.raises(StaleOwner):
        snapshots_destroy(session_id=session.pk, epoch=1)
    assert SessionSnapshot.objects.count() == 1


def test_what_broke_off_is_finished_by_a_repetition(session, store, files, monkeypatch):
    storage = snapshot_storage()
    with monkeypatch.context() as broken:
        broken.setattr(type(storage), "delete", lambda *_: (_ for _ in ()).throw(OSError("away")))
        with pytest.raises(OSError, match="away"):
            snapshots_destroy(session_id=session.pk, epoch=1)
    assert SessionKey.objects.get().sealed == ""
    shutil.rmtree(store)
    assert snapshot_restore(session_id=session.pk, epoch=1, store=store) is Adopted.EMPTY  # no key, nothing to restore
    assert snapshots_destroy(session_id=session.pk, epoch=1) == 1
    assert list(files.iterdir()) == []


def test_a_store_left_on_another_machine_is_discarded(session, store, tmp_path, next_owner):
    epoch = next_owner(session)
    b = tmp_path / "b"
    snapshot_restore(session_id=session.pk, epoch=epoch, store=b)
    shutil.rmtree(b)
    snapshots_destroy(session_id=session.pk, epoch=epoch)  # logged out on B
    epoch = next_owner(session)
    assert snapshot_restore(session_id=session.pk, epoch=epoch, store=store) is Adopted.DISCARDED
    assert sorted(path.name for path in store.iterdir()) == ["lock", "snapshot.json"]


def test_files_without_a_row_are_found_after_a_while(session, store, files):
    stray = files / str(session.pk) / "stray.snapshot"
    stray.write_bytes(b"x")
    assert list(orphans()) == []  # it may be on its way to being recorded
    os.utime(stray, (time.time() - 7200,) * 2)
    for path in files.rglob("*.snapshot"):
        os.utime(path, (time.time() - 7200,) * 2)
    assert list(orphans()) == [f"{session.pk}/stray.snapshot"]
    session.delete()
    assert orphans_remove() == 2
    assert not list(files.rglob("*.snapshot"))


def test_a_session_without_snapshots_can_be_destroyed_too(session, files):
    assert snapshots_destroy(session_id=session.pk, epoch=1) == 0
    assert list(orphans()) == []
