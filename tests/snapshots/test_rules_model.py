"""Random lives of a session on three machines: no restore ever goes back behind a copy that it could have had."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sessions_app.engine.store import database_path
from sessions_app.models import Session
from sessions_app.snapshots.data_keys import data_key
from sessions_app.snapshots.destroy import snapshots_destroy
from sessions_app.snapshots.errors import NotAdopted, SnapshotError, StaleOwner
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from sessions_app.snapshots.restore import snapshot_read, snapshot_restore
from sessions_app.snapshots.take import snapshot_take
from tests import factories
from tests.snapshots.stores import LiveStore, history

MACHINES = ("a", "b", "c")


class Lives(RuleBasedStateMachine):
    """A life is told by what was written, in order; going back means to go on with a true beginning of it."""

    machines = st.sampled_from(MACHINES)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lives-"))
        self.session = factories.session(factories.workspace())
        self.owner, self.adopted, self.count = "", False, 0
        self.past: dict[str, int] = {}  # owners that may not know yet that they are none
        self.versions: list[int] = []
        self.dead: set[str] = set()  # words of credentials that were destroyed

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def store(self, machine: str) -> Path:
        return self.folder / machine

    def newest(self) -> list[str]:
        snapshot = SessionSnapshot.objects.filter(session=self.session).order_by("-version").first()
        if snapshot is None:
            return []
        key = data_key(SessionKey.objects.get(session=self.session))
        with closing(sqlite3.connect(":memory:")) as memory:
            memory.deserialize(snapshot_read(snapshot, key))
            return [row[0] for row in memory.execute("SELECT word FROM history ORDER BY step")]

    @rule(machine=machines)
    def take_over(self, machine):
        if self.owner:
            self.past[self.owner] = self.session.epoch
        self.session.epoch += 1
        Session.objects.filter(pk=self.session.pk).update(epoch=self.session.epoch)
        self.owner, self.adopted = machine, False
        self.past.pop(machine, None)

    @precondition(lambda self: self.owner)
    @rule()
    def adopt(self):
        store, snapshot = self.store(self.owner), self.newest()
        local = history(store)
        snapshot_restore(session_id=self.session.pk, epoch=self.session.epoch, store=store)
        now = history(store)
        for other in (snapshot, [] if self.dead & set(local) else local):
            assert not (other[: len(now)] == now and len(other) > len(now)), f"{now} goes back behind {other}"
        assert now in (local, snapshot, [])
        self.adopted = True

    @precondition(lambda self: self.adopted)
    @rule(times=st.integers(1, 3))
    def run(self, times):
        self.write(self.owner, times)

    @rule(machine=machines)
    def a_past_owner_goes_on_for_a_moment(self, machine):
        if machine in self.past and self.store(machine).exists():
            self.write(machine, 1)

    def write(self, machine, times):
        live = LiveStore(self.store(machine))
        for _ in range(times):
            self.count += 1
            live.write(f"{machine}{self.count}")
        live.crash()

    @precondition(lambda self: self.adopted)
    @rule()
    def take(self):
        store = self.store(self.owner)
        snapshot = snapshot_take(session_id=self.session.pk, epoch=self.session.epoch, store=store)
        if snapshot:
            self.versions.append(snapshot.version)
        if history(store) or self.newest():
            assert self.newest() == history(store)

    @rule(machine=machines)
    def a_past_owner_takes(self, machine):
        if machine in self.past and self.store(machine).exists():
            before = self.newest()
            with pytest.raises((StaleOwner, NotAdopted)):
                snapshot_take(session_id=self.session.pk, epoch=self.past[machine], store=self.store(machine))
            assert self.newest() == before

    @rule(machine=machines)
    def reboot(self, machine):
        shutil.rmtree(self.store(machine), ignore_errors=True)
        self.past.pop(machine, None)
        self.adopted = self.adopted and machine != self.owner

    @precondition(lambda self: self.adopted)
    @rule()
    def log_out(self):
        self.dead |= {word for machine in MACHINES for word in history(self.store(machine))}
        shutil.rmtree(self.store(self.owner))
        snapshots_destroy(session_id=self.session.pk, epoch=self.session.epoch)
        self.adopted = False
        self.past.clear()

    @rule()
    def an_empty_take_is_refused(self):
        if self.owner and not self.adopted and not self.store(self.owner).exists():
            with pytest.raises(SnapshotError):
                snapshot_take(session_id=self.session.pk, epoch=self.session.epoch, store=self.store(self.owner))

    @invariant()
    def versions_only_grow_and_two_are_kept(self):
        assert self.versions == sorted(set(self.versions))
        assert SessionSnapshot.objects.filter(session=self.session).count() <= 2

    @invariant()
    def what_was_destroyed_stays_away(self):
        assert not self.dead & set(self.newest())
        if self.adopted and database_path(self.store(self.owner)).exists():
            assert not self.dead & set(history(self.store(self.owner)))


@pytest.mark.django_db
def test_no_restore_goes_back(database):
    examples = 60 if database == "sqlite" else 10
    checks = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Lives, settings=checks)
