"""Rotating the master key, also while snapshots are taken."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from sessions_app.models import Session
from sessions_app.snapshots.models import SessionKey, SessionSnapshot
from sessions_app.snapshots.restore import snapshot_restore
from sessions_app.snapshots.take import snapshot_take
from sessions_app.snapshots.verify import snapshots_verify
from tests import factories
from whatsapp_api.core import master_key_file, sealed_fields
from whatsapp_api.core.crypto import reseal
from whatsapp_api.core.master_key import keyring


def run(command: str, **options) -> str:
    output = StringIO()
    call_command(command, stdout=output, stderr=output, **options)
    return output.getvalue()


@pytest.fixture
def stores(db, tmp_path, live):
    """Five sessions with a snapshot each."""
    workspace = factories.workspace()
    made = {}
    for number in range(5):
        session = factories.session(workspace, f"S{number}", epoch=1)
        folder = tmp_path / "live" / str(session.pk)
        snapshot_restore(session_id=session.pk, epoch=1, store=folder)
        made[session.pk] = live(folder)
        snapshot_take(session_id=session.pk, epoch=1, store=folder)
    return made


def key_ids() -> set[str]:
    return {row.master_key_id for row in SessionKey.objects.all()}


def test_it_moves_every_key_in_pages_and_the_snapshots_stay_readable(stores, key_file):
    old = keyring().current().id
    assert key_ids() == {old}
    assert "is now the first" in run("masterkey_generate", add=True)
    assert "5 to seal anew" in run("masterkey_rotate", dry_run=True)
    assert key_ids() == {old}
    answer = run("masterkey_rotate", page=2)
    assert "5 sealed anew, 0 changed meanwhile, 0 failed" in answer
    assert f"Nothing in this database needs {old} any more" in answer
    assert key_ids() == {keyring().current().id} != {old}
    assert SessionKey.objects.filter(rotated_at=None).count() == 0
    key_file.write_text(key_file.read_text().split()[0])  # the old key is taken away
    assert [verdict.error for verdict in snapshots_verify()] == [""] * 5


def test_a_broken_off_rotation_goes_on_where_it_was(stores, key_file):
    run("masterkey_generate", add=True)
    half = SessionKey.objects.order_by("pk")[2]
    good = half.sealed
    SessionKey.objects.filter(pk=half.pk).update(sealed="k1:00000000:AAAAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(CommandError, match=r"left as they are.*encrypted under master key 00000000"):
        run("masterkey_rotate")
    SessionKey.objects.filter(pk=half.pk).update(sealed=good)
    assert "1 sealed anew" in run("masterkey_rotate")


def test_a_wrong_master_key_changes_nothing(stores, key_file):
    before = list(SessionKey.objects.order_by("pk").values())
    key_file.write_text(master_key_file.generate())
    with pytest.raises(CommandError, match="Put that key back"):
        run("masterkey_rotate")
    with pytest.raises(CommandError, match="5 snapshots cannot be read"):
        run("snapshots_verify")
    assert list(SessionKey.objects.order_by("pk").values()) == before


def test_a_destroyed_key_stays_destroyed(stores):
    SessionKey.objects.update(sealed="")
    run("masterkey_generate", add=True)
    assert "0 sealed anew" in run("masterkey_rotate")
    assert key_ids() == {""}


def test_a_key_that_is_destroyed_during_the_rotation_stays_destroyed(stores, monkeypatch):
    def slow(sealed, *, context):
        resealed = reseal(sealed, context=context)
        SessionKey.objects.update(sealed="")
        return resealed

    run("masterkey_generate", add=True)
    monkeypatch.setattr(sealed_fields, "reseal", slow)
    assert "0 sealed anew, 5 changed meanwhile" in run("masterkey_rotate")
    assert key_ids() == {""}


def test_keys_in_the_environment_are_not_written(stores, monkeypatch):
    monkeypatch.delenv("MASTER_KEY_FILE")
    monkeypatch.setenv("MASTER_KEY", master_key_file.generate())
    with pytest.raises(CommandError, match="put the new one before them"):
        run("masterkey_generate", add=True)
    assert len(run("masterkey_generate").strip()) == 44


def test_verify_counts_sound_and_unreadable(stores, files):
    assert "5 sound, 0 unreadable, 0 files" in run("snapshots_verify")
    first = SessionSnapshot.objects.order_by("pk")[0]
    (files / first.name).write_bytes(b"WSS1 nothing of the kind, but long enough")
    output = StringIO()
    with pytest.raises(CommandError, match="1 snapshots cannot be read"):
        call_command("snapshots_verify", stdout=output, stderr=output)
    assert f"session {first.session_id} version 1: The file was altered" in output.getvalue()
    assert "4 sound, 1 unreadable" in output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_rotation_while_snapshots_are_taken(stores, tmp_path, live):
    """New sessions get their keys and old ones change, while the master key changes three times."""
    errors: list[Exception] = []
    stop = threading.Event()

    def load(session_id, store):
        try:
            while not stop.is_set():
                store.write()
                snapshot_take(session_id=session_id, epoch=1, store=store.store)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=load, args=item) for item in stores.items()]
    for worker in workers:
        worker.start()
    try:
        for number in range(3):
            run("masterkey_generate", add=True)
            run("masterkey_rotate", page=2)
            late = factories.session(Session.objects.all()[0].workspace, f"Late {number}", epoch=1)
            folder = tmp_path / "live" / str(late.pk)
            snapshot_restore(session_id=late.pk, epoch=1, store=folder)
            live(folder)
            snapshot_take(session_id=late.pk, epoch=1, store=folder)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert errors == []
    run("masterkey_rotate")
    assert key_ids() == {keyring().current().id}
    verdicts = list(snapshots_verify())
    assert len(verdicts) >= 8
    assert {verdict.error for verdict in verdicts} == {""}
