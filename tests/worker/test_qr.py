"""Live codes: encrypted, gone when they expire, never in a log."""

import uuid
from datetime import timedelta
from typing import cast

import pytest
from django.utils import timezone

from sessions_app import qr
from sessions_app.quick_redis import client

SECRET = "https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1"


@pytest.fixture
def session_id():
    return uuid.uuid4()


def code(seconds=60.0):
    expires_at = timezone.now().replace(microsecond=0) + timedelta(seconds=seconds)
    return qr.LiveQr(payload=SECRET, index=1, total=6, expires_at=expires_at)


def test_a_code_is_kept_until_it_expires(session_id):
    assert qr.current(session_id) is None
    kept = code()
    qr.store(session_id, kept)
    assert qr.current(session_id) == kept
    assert 30_000 < client().pttl(f"wa:qr:{session_id}") <= 60_000


def test_an_expired_code_is_not_kept(session_id):
    qr.store(session_id, code(-1))
    assert qr.current(session_id) is None


def test_redis_does_not_get_to_know_the_secret(session_id):
    qr.store(session_id, code())
    stored = cast("bytes", client().get(f"wa:qr:{session_id}"))
    assert b"noise" not in stored
    client().set(f"wa:qr:{uuid.UUID(int=1)}", stored, px=5000)
    assert qr.current(uuid.UUID(int=1)) is None, "a value counts only under its own key"


def test_another_secret_key_reads_nothing(session_id, settings):
    qr.store(session_id, code())
    settings.SECRET_KEY = "x" * 50
    qr._cipher.cache_clear()
    try:
        assert qr.current(session_id) is None
    finally:
        qr._cipher.cache_clear()


def test_clearing_forgets_both_codes(session_id):
    expires_at = timezone.now() + timedelta(seconds=60)
    qr.store(session_id, code())
    qr.store_code(session_id, qr.LivePairingCode(code="ABCD-EFGH", phone="34600000001", expires_at=expires_at))
    shown = qr.current_code(session_id)
    assert shown is not None
    assert shown.code == "ABCD-EFGH"
    qr.clear(session_id)
    assert (qr.current(session_id), qr.current_code(session_id)) == (None, None)


def test_a_code_is_not_printed():
    shown = repr(code()) + repr(qr.LivePairingCode(code="ABCD-EFGH", phone="1", expires_at=timezone.now()))
    assert SECRET not in shown
    assert "ABCD-EFGH" not in shown
