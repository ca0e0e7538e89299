"""Adopting a store: the newest copy goes on, and nothing older ever replaces it."""

import shutil
import stat

import pytest

from sessions_app.engine.errors import EngineError
from sessions_app.engine.store import StoreLock, database_path, paired_jid
from sessions_app.snapshots import marker
from sessions_app.snapshots.errors import SnapshotDamaged, StaleOwner
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from sessions_app.snapshots.restore import Adopted, snapshot_restore
from sessions_app.snapshots.take import snapshot_take
from tests.snapshots.stores import history
from whatsapp_api.core import master_key_file
from whatsapp_api.core.master_key import MasterKeyUnknown


class Machine:
    """A machine that may run the session."""

    def __init__(self, folder, session, live):
        self.store, self.session, self._live = folder / str(session.pk), session, live

    def adopt(self):
        return snapshot_restore(session_id=self.session.pk, epoch=self.session.epoch, store=self.store)

    def run(self, *words):
        """The host starts, writes and dies."""
        store = self._live(self.store)
        for word in words:
            store.write(word)
        store.crash()

    def take(self):
        return snapshot_take(session_id=self.session.pk, epoch=self.session.epoch, store=self.store)

    def reboot(self):
        shutil.rmtree(self.store)

    @property
    def words(self):
        return history(self.store)


@pytest.fixture
def machine(session, tmp_path, live):
    return lambda name: Machine(tmp_path / name, session, live)


@pytest.fixture
def a(machine):
    """Machine A has paired the session, written `one` and left a snapshot."""
    a = machine("a")
    assert a.adopt() is Adopted.EMPTY
    a.run("one")
    assert a.take()
    return a


def test_another_machine_goes_on_with_the_snapshot(a, machine, session, next_owner):
    b = machine("b")
    next_owner(session)
    assert b.adopt() is Adopted.RESTORED
    assert b.words == ["one"]
    assert paired_jid(b.store) == "34600000001:1@s.whatsapp.net"
    assert stat.S_IMODE(database_path(b.store).stat().st_mode) == 0o600
    assert stat.S_IMODE(b.store.stat().st_mode) == 0o700
    b.run("two")
    assert b.take().version == 2


def test_after_a_crash_the_store_is_newer_than_the_snapshot_and_stays(a, session, next_owner):
    a.run("two")
    next_owner(session)
    assert a.adopt() is Adopted.KEPT
    assert a.words == ["one", "two"]


def test_a_store_that_another_machine_overtook_is_replaced(a, machine, session, next_owner):
    b = machine("b")
    next_owner(session)
    b.adopt()
    b.run("two")
    b.take()
    a.run("left behind")  # in a journal that was never written back: it must not be replayed into the new store
    next_owner(session)
    assert a.adopt() is Adopted.RESTORED
    assert a.words == ["one", "two"]
    assert a.take() is None


def test_an_overtaker_that_changed_nothing_does_not_cost_what_the_store_has_more(a, machine, session, next_owner):
    a.run("two")
    next_owner(session)
    machine("b").adopt()
    next_owner(session)
    assert a.adopt() is Adopted.KEPT
    assert a.words == ["one", "two"]


def test_after_a_reboot_the_snapshot_comes_back(a, session, next_owner):
    a.reboot()
    next_owner(session)
    assert a.adopt() is Adopted.RESTORED
    assert a.words == ["one"]


def test_repeating_it_changes_nothing(a, session, next_owner):
    a.run("two")
    next_owner(session)
    assert [a.adopt() for _ in range(3)] == [Adopted.KEPT] * 3
    a.run("three")
    assert a.adopt() is Adopted.KEPT
    assert a.words == ["one", "two", "three"]


def test_a_store_paired_but_never_recorded_stays(machine, session, next_owner):
    a = machine("a")
    a.adopt()
    a.run("one")
    next_owner(session)
    assert a.adopt() is Adopted.KEPT


def test_a_store_that_lost_its_marker_is_put_aside_and_not_deleted(a, session, next_owner):
    a.run("two")
    (a.store / marker.NAME).write_text("{")
    next_owner(session)
    assert a.adopt() is Adopted.RESTORED
    assert a.words == ["one"]
    for name in ("neonize.db", "neonize.db-wal"):
        (a.store / name.replace("db", "db.aside")).replace(a.store / name)
    assert a.words == ["one", "two"]


def test_a_stale_owner_may_not_restore(a, machine, session, next_owner):
    b = machine("b")
    epoch = session.epoch
    next_owner(session)
    with pytest.raises(StaleOwner):
        snapshot_restore(session_id=session.pk, epoch=epoch, store=b.store)
    assert not b.store.exists()


def test_nobody_below_a_later_adoption_restores(a, session):
    SessionKey.objects.filter(session=session).update(epoch=2)
    with pytest.raises(StaleOwner):
        a.adopt()
    assert SessionKey.objects.get().epoch == 2


def test_a_store_that_a_host_still_runs_is_not_touched(a, session, next_owner, monkeypatch):
    monkeypatch.setattr("sessions_app.snapshots.restore.LOCK_WAIT", 0.0)
    next_owner(session)
    with StoreLock(a.store), pytest.raises(EngineError):
        a.adopt()
    assert marker.read(a.store) == marker.Marker(epoch=1)


def test_a_wrong_master_key_is_named_and_harms_nothing(a, machine, session, next_owner, key_file):
    right = key_file.read_text()
    b = machine("b")
    key_file.write_text(master_key_file.generate())
    next_owner(session)
    rows = [SessionKey.objects.values().get(), *SessionSnapshot.objects.values()]
    with pytest.raises(MasterKeyUnknown, match="Nothing was changed"):
        b.adopt()
    assert not database_path(b.store).exists()
    assert a.adopt() is Adopted.KEPT  # needs no key
    a.run("two")
    with pytest.raises(MasterKeyUnknown):
        a.take()
    rows[0]["epoch"] = session.epoch
    assert rows == [SessionKey.objects.values().get(), *SessionSnapshot.objects.values()]
    key_file.write_text(right)
    assert a.take().version == 2


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_damaged_snapshot_gives_way_to_the_one_before(a, machine, session, next_owner, files, damage):
    a.run("two")
    damage(files / a.take().name)
    next_owner(session)
    b = machine("b")
    assert b.adopt() is Adopted.RESTORED
    assert b.words == ["one"]


def test_when_all_are_damaged_nothing_is_touched(a, machine, session, next_owner, files):
    next_owner(session)
    b = machine("b")
    b.adopt()
    b.run("two")
    b.take()
    for path in files.rglob("*.snapshot"):
        path.write_bytes(b"WSS1" + b"\0" * 64)
    SessionSnapshot.objects.update(epoch=session.epoch)
    next_owner(session)
    with pytest.raises(SnapshotDamaged):
        a.adopt()
    assert a.words == ["one"]
    assert marker.read(a.store) == marker.Marker(epoch=1)


def test_a_snapshot_of_another_session_or_version_does_not_open(a, machine, session, next_owner, files):
    first = SessionSnapshot.objects.get()
    a.run("two")
    second = a.take()
    shutil.copy(files / first.name, files / second.name)  # a rollback by somebody with access to the storage
    SessionSnapshot.objects.filter(pk=first.pk).delete()
    next_owner(session)
    with pytest.raises(SnapshotDamaged):
        machine("b").adopt()
