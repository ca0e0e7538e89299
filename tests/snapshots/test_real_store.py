"""A real neonize store, paired in the sandbox: nothing of its keys is at rest in clear, and a copy of it connects."""

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sessions_app.engine.base import MessageReceived, Outgoing, QrCode, StartOptions
from sessions_app.engine.states import State
from sessions_app.engine.store import database_path
from sessions_app.sandbox.client import Phone
from sessions_app.snapshots.data_keys import data_key
from sessions_app.snapshots.models import SessionKey
from sessions_app.snapshots.restore import Adopted, snapshot_restore
from sessions_app.snapshots.take import snapshot_take
from tests.database_bytes import database_bytes
from tests.engine.hosts import Report, running_host
from tests.sandbox.sandbox_process import SandboxProcess
from tests.snapshots.stores import contains_any
from whatsapp_api.core.master_key import keyring


@pytest.fixture
def sandbox():
    process = SandboxProcess()
    yield process.client
    process.kill()


def pair(host: Report, phone: Phone, name: str, store: Path) -> None:
    host.host.session_start(name, StartOptions(store=str(store))).result(60)
    host.wait(lambda: host.of(QrCode))
    phone.scan(host.of(QrCode)[0].payload)
    host.wait_for_state(State.CONNECTED)


def wait_messages(host: Report, count: int) -> None:
    host.wait(lambda: len(host.of(MessageReceived)) >= count)


def secrets_of(store: Path) -> list[bytes]:
    """Private keys in the store, however somebody might have written them."""
    columns = {
        "whatsmeow_device": ("noise_key", "identity_key", "signed_pre_key", "adv_key"),
        "whatsmeow_pre_keys": ("key",),
        "whatsmeow_sessions": ("session",),
    }
    with closing(sqlite3.connect(f"{database_path(store).as_uri()}?mode=ro", uri=True)) as database:
        keys = [
            bytes(row[0])
            for table, names in columns.items()
            for name in names
            for row in database.execute(f"SELECT {name} FROM {table} LIMIT 20")
        ]
    assert len(keys) > 10
    return [form for key in keys for form in written(key[:32])]


def written(key: bytes) -> list[bytes]:
    codes = (base64.b64encode(key), base64.urlsafe_b64encode(key), key.hex().encode(), key.hex().upper().encode())
    return [key, *(code.rstrip(b"=")[:40] for code in codes)]


@pytest.mark.django_db
def test_after_pairing_no_key_is_at_rest_in_clear(session, sandbox, tmp_path, files, key_file):
    store = tmp_path / "memory" / str(session.pk)  # stands for tmpfs
    phone = sandbox.create_phone(name="Phone")
    snapshot_restore(session_id=session.pk, epoch=1, store=store)
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as host:
        pair(host, phone, str(session.pk), store)
        assert snapshot_take(session_id=session.pk, epoch=1, store=store)
    needles = secrets_of(store)
    assert contains_any(store, needles)  # the search finds what is there
    store.rename(tmp_path.parent / f"{tmp_path.name}-memory")
    assert list(files.rglob("*.snapshot"))
    assert contains_any(tmp_path, needles) == []
    kept = [data_key(SessionKey.objects.get()), keyring().current().secret]
    content = database_bytes()
    assert str(session.pk).encode() in content or session.pk.bytes in content or session.pk.hex.encode() in content
    assert not [needle for needle in [*needles, *(w for key in kept for w in written(key))] if needle in content]
    assert contains_any(files, [form for key in kept for form in written(key)]) == []


@pytest.mark.django_db
def test_another_machine_connects_with_the_copy_and_receives(session, sandbox, tmp_path, next_owner):
    here, there = tmp_path / "here", tmp_path / "there"
    phone, friend = sandbox.create_phone(name="Phone"), sandbox.create_phone(name="Friend")
    snapshot_restore(session_id=session.pk, epoch=1, store=here)
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as host:
        pair(host, phone, "one", here)
        first = friend.send(phone.number, "first")
        host.wait(lambda: host.of(MessageReceived))
        friend.wait_receipt(first["id"], seconds=60)  # or it would come again
        assert snapshot_take(session_id=session.pk, epoch=1, store=here)  # live
    epoch = next_owner(session)
    assert snapshot_restore(session_id=session.pk, epoch=epoch, store=there) is Adopted.RESTORED
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as host:
        host.host.session_start("one", StartOptions(store=str(there), expect_paired=True)).result(60)
        host.wait_for_state(State.CONNECTED)
        friend.send(phone.number, "second")
        host.wait(lambda: [message.text for message in host.of(MessageReceived)] == ["second"])
        snapshot = snapshot_take(session_id=session.pk, epoch=epoch, store=there)
        assert snapshot is not None
        assert snapshot.version == 2
        assert database_path(there).with_name("neonize.db-wal").exists()


@pytest.mark.django_db
def test_messages_after_a_rewind_still_arrive(session, sandbox, tmp_path, next_owner):
    """A machine was lost with what happened since its last snapshot: retry receipts mend the ratchets."""
    here, there = tmp_path / "here", tmp_path / "there"
    phone, friend = sandbox.create_phone(name="Phone"), sandbox.create_phone(name="Friend")
    snapshot_restore(session_id=session.pk, epoch=1, store=here)
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as host:
        pair(host, phone, "one", here)
        friend.send(phone.number, "first")
        host.wait(lambda: host.of(MessageReceived))
        snapshot_take(session_id=session.pk, epoch=1, store=here)
        for number in range(5):  # each answer turns the ratchet, so that the copy misses keys and not only counts
            answer = Outgoing(ref=str(number), to=f"{friend.number}@s.whatsapp.net", content={"text": f"a {number}"})
            host.host.send("one", answer, timeout=60).result(61)
            friend.wait_message(text=f"a {number}")
            friend.send(phone.number, f"lost {number}")
            wait_messages(host, number + 2)
    epoch = next_owner(session)
    snapshot_restore(session_id=session.pk, epoch=epoch, store=there)
    with running_host("sandbox", SANDBOX_URL=sandbox.url) as host:
        host.host.session_start("one", StartOptions(store=str(there), expect_paired=True)).result(60)
        host.wait_for_state(State.CONNECTED)
        for number in range(3):
            friend.send(phone.number, f"after {number}")
        host.wait(lambda: {f"after {n}" for n in range(3)} <= {message.text for message in host.of(MessageReceived)})
    assert "retry" in {receipt["type"] for receipt in friend.receipts()}  # it could not be decrypted at first
