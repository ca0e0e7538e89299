"""Taking snapshots: what is recorded, when, and by whom."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from django.db import connection

from sessions_app.models import Session
from sessions_app.snapshots import data_keys, take
from sessions_app.snapshots.errors import NotAdopted, SnapshotError, StaleOwner
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from sessions_app.snapshots.restore import snapshot_read, snapshot_restore
from sessions_app.snapshots.sqlite_copy import copy
from sessions_app.snapshots.take import snapshot_take
from sessions_app.snapshots.verify import snapshots_verify
from tests.snapshots.stores import contains_any


@pytest.fixture
def store(session, tmp_path, live):
    folder = tmp_path / "machine-a" / str(session.pk)
    snapshot_restore(session_id=session.pk, epoch=1, store=folder)
    return live(folder)


def take_now(session, store, epoch=1):
    return snapshot_take(session_id=session.pk, epoch=epoch, store=store.store)


def test_it_records_a_private_encrypted_file(session, store, files):
    snapshot = take_now(session, store)
    path = files / snapshot.name
    assert (snapshot.version, snapshot.epoch, snapshot.size) == (1, 1, path.stat().st_size)
    assert snapshot.name == f"{session.pk}/{snapshot.pk}.snapshot"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (files, path.parent)} == {0o700}
    assert contains_any(files, [store.noise_key(), b"SQLite format"]) == []


def test_an_unchanged_store_is_not_recorded_again(session, store):
    assert take_now(session, store)
    assert take_now(session, store) is None
    store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert take_now(session, store) is None
    store.write()
    assert take_now(session, store).version == 2


def test_only_the_newest_two_are_kept(session, store, files):
    for _ in range(5):
        store.write()
        take_now(session, store)
    kept = SessionSnapshot.objects.order_by("version")
    assert [each.version for each in kept] == [4, 5]
    assert {f"{session.pk}/{path.name}" for path in (files / str(session.pk)).iterdir()} == {each.name for each in kept}


def test_a_store_without_an_account_is_not_recorded(session, tmp_path, live):
    folder = tmp_path / "unpaired"
    snapshot_restore(session_id=session.pk, epoch=1, store=folder)
    assert snapshot_take(session_id=session.pk, epoch=1, store=folder) is None  # no file yet
    store = live(folder, paired=False)
    assert take_now(session, store) is None
    store.pair()
    assert take_now(session, store).version == 1


def test_a_stale_owner_records_nothing(session, store, next_owner, files):
    next_owner(session)
    with pytest.raises(StaleOwner):
        take_now(session, store)
    assert not SessionSnapshot.objects.exists()
    assert not files.exists()


def test_an_owner_that_turns_stale_during_the_upload_records_nothing(session, store, next_owner, files, monkeypatch):
    record = data_keys.record

    def late(*arguments):
        next_owner(session)
        return record(*arguments)

    monkeypatch.setattr(take, "record", late)
    with pytest.raises(StaleOwner):
        take_now(session, store)
    assert not SessionSnapshot.objects.exists()
    assert list((files / str(session.pk)).iterdir()) == []


def test_a_later_adoption_fences_even_before_the_session_shows_it(session, store):
    SessionKey.objects.filter(session=session).update(epoch=2)
    with pytest.raises(SnapshotError):
        take_now(session, store)
    assert not SessionSnapshot.objects.exists()


def test_a_copy_that_was_overtaken_is_taken_anew(session, store, monkeypatch):
    """Another thread copies later and records first: the older copy must not become the newest."""
    calls: list[Path] = []

    def slow(path):
        copied = copy(path)
        calls.append(path)
        if len(calls) == 1:
            store.write("later")
            take_now(session, store)
        return copied

    monkeypatch.setattr(take, "copy", slow)
    assert take_now(session, store) is None  # the other one has it all
    assert len(calls) == 3
    assert SessionSnapshot.objects.get().version == 1


def test_a_session_that_is_being_deleted_is_not_recorded(session, store):
    Session.objects.filter(pk=session.pk).update(deleted_at=session.created_at)
    with pytest.raises(StaleOwner):
        take_now(session, store)


def test_a_store_of_unknown_age_is_refused(session, store, next_owner):
    epoch = next_owner(session)
    with pytest.raises(NotAdopted):
        take_now(session, store, epoch)


def test_a_copy_is_consistent_while_the_host_writes(session, store):
    done, written = threading.Event(), threading.Event()

    def write():
        while not done.is_set():
            store.write("y" * 200)
            written.set()

    def take_changed():
        written.clear()
        assert written.wait(60)
        return take_now(session, store).version

    writer = threading.Thread(target=write)
    writer.start()
    try:
        versions = [take_changed() for _ in range(10)]
    finally:
        done.set()
        writer.join()
    assert versions == list(range(1, 11))
    assert [verdict.error for verdict in snapshots_verify()] == ["", ""]


@pytest.mark.django_db(transaction=True)
def test_threads_that_take_at_once_leave_the_newest_on_top(session, store):
    def work(number):
        store_lock.acquire()
        store.write(f"{number}")
        store_lock.release()
        try:
            take_now(session, store)
        except SnapshotError:
            pass
        finally:
            connection.close()

    store_lock = threading.Lock()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take_now(session, store)  # whatever was overtaken
    newest = SessionSnapshot.objects.order_by("-version").first()
    assert newest is not None
    assert take_now(session, store) is None
    key = data_keys.data_key(SessionKey.objects.get(session=session))
    plain = snapshot_read(newest, key)
    memory = sqlite3.connect(":memory:")
    memory.deserialize(plain)
    assert memory.execute("SELECT count(*) FROM history").fetchone() == (6,)
