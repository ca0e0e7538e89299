"""When snapshots are due."""

import os
import threading
import time
import uuid

import pytest

from sessions_app.engine.store import database_path
from sessions_app.snapshots.errors import StaleOwner
from sessions_app.snapshots.keeper import Running, SnapshotKeeper, Taken
from sessions_app.snapshots.models import SessionSnapshot
from sessions_app.snapshots.restore import snapshot_restore
from sessions_app.snapshots.sqlite_copy import signature


@pytest.fixture
def running(tmp_path, live):
    folder = tmp_path / "store"
    store = live(folder)
    age(folder)
    return Running(session_id=uuid.uuid4(), epoch=1, store=store.store)


@pytest.fixture
def taken():
    return []


@pytest.fixture
def keeper(taken):
    def take(**arguments):
        taken.append(arguments)

    return SnapshotKeeper(take=take)


def age(store, seconds=1.0):
    """As if the last write was a while ago."""
    for path in (database_path(store), database_path(store).with_name("neonize.db-wal")):
        if path.exists():
            stat = path.stat()
            os.utime(path, (stat.st_atime - seconds, stat.st_mtime - seconds))


def write(running, live):
    live(running.store).write()
    age(running.store)


def test_a_session_that_just_started_is_due_after_a_second(keeper, running):
    assert keeper.due([running], 100.0) == []
    assert keeper.due([running], 101.0) == [running]


def test_an_unchanged_one_is_not_due(keeper, running):
    keeper.take(running, 100.0)
    assert [keeper.due([running], now) for now in (101.0, 120.0, 1000.0)] == [[], [], []]


def test_a_change_is_due_within_two_seconds(keeper, running, live):
    keeper.take(running, 100.0)
    write(running, live)
    assert keeper.due([running], 200.0) == []
    assert keeper.due([running], 201.0) == [running]


def test_a_busy_session_is_due_every_ten_seconds(keeper, running, live, taken):
    for tick in range(60):
        write(running, live)
        keeper.take_due([running], 100.0 + tick)
    assert 5 <= len(taken) <= 6


def test_pairing_does_not_wait(keeper, running, live):
    keeper.take(running, 100.0)
    write(running, live)
    keeper.hurry(running.session_id)
    assert keeper.take_due([running], 100.1) == [(running, Taken.UNCHANGED)]
    assert keeper.due([running], 100.2) == []


def test_a_write_in_the_same_tick_as_the_copy_is_not_missed(keeper, running, live):
    live(running.store).write()
    age(running.store, -3600)  # however long this takes: it was written a moment ago
    assert signature(database_path(running.store)) is None
    keeper.take(running, 100.0)
    assert keeper.due([running], 120.0) == []
    assert keeper.due([running], 121.0) == [running]


def test_a_failure_is_repeated_later_and_said_once(running, caplog):
    def take(**_):
        raise OSError("storage away")

    keeper = SnapshotKeeper(take=take)
    assert [keeper.take(running, now) for now in (100.0, 101.0)] == [Taken.FAILED] * 2
    assert len([record for record in caplog.records if "storage away" in record.message]) == 1
    assert keeper.due([running], 110.0) == []
    keeper.due([running], 150.0)
    assert keeper.due([running], 151.0) == [running]


def test_a_stale_owner_is_told(running):
    def take(**_):
        raise StaleOwner("not yours")

    assert SnapshotKeeper(take=take).take(running) is Taken.STALE


def test_one_session_is_taken_by_one_thread_at_a_time(running):
    entered, leave = threading.Event(), threading.Event()

    def take(**_):
        entered.set()
        leave.wait(60)

    keeper = SnapshotKeeper(take=take)
    thread = threading.Thread(target=keeper.take, args=(running,))
    thread.start()
    assert entered.wait(60)
    assert keeper.take(running) is Taken.BUSY
    assert keeper.due([running], time.monotonic() + 100) == []
    leave.set()
    assert keeper.take(running, wait=60) is Taken.UNCHANGED
    thread.join()


def test_sessions_that_left_are_forgotten(keeper, running):
    keeper.take(running, 100.0)
    assert keeper.due([], 101.0) == []
    assert keeper.due([running], 102.0) == []
    assert keeper.due([running], 103.0) == [running]


def test_it_takes_real_snapshots(session, tmp_path, live):
    folder = tmp_path / "real"
    snapshot_restore(session_id=session.pk, epoch=1, store=folder)
    live(folder)
    keeper, running = SnapshotKeeper(), Running(session.pk, 1, folder)
    assert [keeper.take(running), keeper.take(running)] == [Taken.SAVED, Taken.UNCHANGED]
    assert SessionSnapshot.objects.get().epoch == 1
