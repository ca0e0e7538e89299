"""Encrypted snapshots in the hands of the session owner: another machine, a reboot, a logout."""

import shutil
from pathlib import Path

import pytest
from django.utils import timezone

from sessions_app import commands, qr
from sessions_app.engine.states import Reason, State
from sessions_app.models import Desired, Session
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from tests import factories
from tests.worker.conftest import eventually, in_shared_host, store_of
from whatsapp_api.core import master_key_file


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys" / "master.key"
    master_key_file.ensure(path)
    monkeypatch.setenv("MASTER_KEY_FILE", str(path))
    return path


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings) -> Path:
    backend = {"BACKEND": "sessions_app.snapshots.storage.PrivateFiles", "OPTIONS": {"location": str(tmp_path / "s")}}
    settings.STORAGES = {**settings.STORAGES, "sessions": backend}
    return tmp_path / "s"


@pytest.fixture
def session(workspace, sandbox):
    return factories.session(workspace, desired=Desired.STARTED, generation=1)


@pytest.fixture
def linked(owner, session, phone):
    owner.state(session, State.SCAN_QR)
    phone.scan(eventually(lambda: qr.current(session.pk), "a QR code").payload)
    owner.state(session, State.CONNECTED)
    live = owner.live(session)
    eventually(lambda: in_shared_host(live) and not live.busy, "the move to a shared host")
    return owner.state(session, State.CONNECTED)


def want(session, **fields):
    Session.objects.filter(pk=session.pk).update(**fields)
    commands.wake(session.pk)


def snapshots(session):
    return SessionSnapshot.objects.filter(session_id=session.pk)


def files_of(folder, session):
    return list((folder / str(session.pk)).glob("*"))


def test_a_session_that_was_just_linked_is_kept_at_once(linked, session, files):
    eventually(snapshots(session).exists, "the first snapshot")
    assert files_of(files, session)


def test_a_machine_that_lost_its_memory_goes_on_with_the_last_snapshot(
    owner, start_owner, linked, session, phone, friend, sessions_dir
):
    owner.stop()
    shutil.rmtree(sessions_dir)
    start_owner().state(session, State.CONNECTED)
    assert len(phone.devices()) == 1
    sent = friend.send(phone.number, text="After the reboot")
    friend.wait_receipt(sent["id"])


def test_a_stopped_session_starts_on_another_machine(owner, linked, session, phone, sessions_dir):
    want(session, desired=Desired.STOPPED)
    owner.state(session, State.STOPPED)
    shutil.rmtree(store_of(sessions_dir, session))
    want(session, desired=Desired.STARTED, generation=2)
    owner.state(session, State.CONNECTED)
    assert len(phone.devices()) == 1


def test_nothing_starts_without_the_master_key_and_all_is_well_once_it_is_back(
    owner, start_owner, linked, session, sessions_dir, key_file
):
    owner.stop()
    shutil.rmtree(sessions_dir)
    right = key_file.read_bytes()
    key_file.unlink()
    master_key_file.ensure(key_file)
    owner = start_owner()
    row = eventually(
        lambda: Session.objects.filter(pk=session.pk, reason=Reason.ENGINE_ERROR).first(), "the explanation"
    )
    assert row.state == State.RECONNECTING
    assert "credentials" in row.explanation
    assert row.jid
    key_file.write_bytes(right)
    owner.state(session, State.CONNECTED)


def test_a_logout_destroys_key_and_copies(owner, linked, session, files, sessions_dir):
    eventually(snapshots(session).exists, "the first snapshot")
    want(session, desired=Desired.STOPPED, logout_requested=True)
    eventually(lambda: not Session.objects.get(pk=session.pk).logout_requested, "the logout")
    assert not snapshots(session).exists()
    assert not SessionKey.objects.get(session_id=session.pk).sealed
    assert not files_of(files, session)
    assert not store_of(sessions_dir, session).exists()


def test_a_device_that_the_phone_removed_leaves_nothing_to_run_again(
    owner, linked, session, phone, files, sessions_dir
):
    eventually(snapshots(session).exists, "the first snapshot")
    phone.remove_device(phone.devices()[0]["device"])
    owner.state(session, State.LOGGED_OUT)
    eventually(lambda: not snapshots(session).exists(), "the end of its snapshots")
    eventually(lambda: not files_of(files, session), "the end of their files")
    assert not store_of(sessions_dir, session).exists()
    want(session, generation=2)
    owner.state(session, State.SCAN_QR)


def test_a_deleted_session_takes_its_copies_along(owner, linked, session, files):
    eventually(snapshots(session).exists, "the first snapshot")
    want(session, desired=Desired.STOPPED, deleted_at=timezone.now())
    eventually(lambda: not Session.objects.filter(pk=session.pk).exists(), "the deletion")
    assert not SessionKey.objects.filter(session_id=session.pk).exists()
    assert not files_of(files, session)
