"""Where master keys come from, and what is said when they are wrong."""

import base64
import stat
import subprocess
import sys
import threading

import pytest

from whatsapp_api.core import master_key_file
from whatsapp_api.core.crypto import SealBroken, key_id, seal, seal_text, unseal, unseal_text
from whatsapp_api.core.master_key import MasterKeyError, MasterKeyUnknown, environment_check, keyring


def test_a_secret_comes_back_for_its_own_purpose_only():
    sealed = seal(b"secret", context="proxy of 1")
    assert unseal(sealed, context="proxy of 1") == b"secret"
    assert sealed != seal(b"secret", context="proxy of 1")
    with pytest.raises(SealBroken):
        unseal(sealed, context="proxy of 2")


def test_empty_text_stays_empty():
    assert seal_text("", context="x") == unseal_text("", context="x") == ""
    assert unseal_text(seal_text("pässword", context="x"), context="x") == "pässword"


@pytest.mark.parametrize("change", [lambda s: s[:-4] + "AAAA", lambda s: "k2" + s[2:], lambda s: s[:20], lambda s: "x"])
def test_a_damaged_secret_is_refused(change):
    with pytest.raises(SealBroken):
        unseal(change(seal(b"secret", context="x")), context="x")


def test_an_old_key_is_readable_after_a_new_one_came_first(key_file):
    sealed, old = seal(b"secret", context="x"), keyring().current()
    master_key_file.add(key_file)
    assert keyring().current() != old  # read again without a restart
    assert key_id(seal(b"new", context="x")) != old.id
    assert unseal(sealed, context="x") == b"secret"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_another_key_says_which_one_is_missing(monkeypatch):
    sealed, old = seal(b"secret", context="x"), keyring().current()
    monkeypatch.delenv("MASTER_KEY_FILE")
    monkeypatch.setenv("MASTER_KEY", master_key_file.generate())
    with pytest.raises(MasterKeyUnknown, match=f"master key {old.id}, but MASTER_KEY has only"):
        unseal(sealed, context="x")


@pytest.mark.parametrize("text", ["short", "AAAA", "é" * 44, base64.b64encode(b"x" * 31).decode()])
def test_a_malformed_key_is_refused_at_start_and_not_quoted(monkeypatch, text):
    monkeypatch.delenv("MASTER_KEY_FILE")
    monkeypatch.setenv("MASTER_KEY", f"{master_key_file.generate()}, {text}")
    with pytest.raises(MasterKeyError, match="Key 2 in MASTER_KEY is not the base64 of 32 bytes") as caught:
        environment_check()
    assert text not in str(caught.value)


def test_a_key_file_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MASTER_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(MasterKeyError, match="MASTER_KEY_FILE cannot be read: No such file"):
        environment_check()


def test_a_repeated_key_is_refused(key_file):
    key_file.write_text(key_file.read_text() * 2)
    with pytest.raises(MasterKeyError, match="same key twice"):
        keyring().keys()


def test_keys_do_not_show_in_a_repr(monkeypatch):
    value = master_key_file.generate()
    monkeypatch.delenv("MASTER_KEY_FILE")
    monkeypatch.setenv("MASTER_KEY", value)
    ring = keyring()
    shown = f"{ring!r} {ring.source!r} {ring.keys()!r}"
    assert value not in shown
    assert repr(ring.current().secret) not in shown


def test_the_embedded_key_is_made_once_and_private(monkeypatch, tmp_path):
    monkeypatch.delenv("MASTER_KEY_FILE")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    first = keyring().current()
    path = tmp_path / "data" / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    code = "from whatsapp_api.core.master_key import keyring; print(keyring().current().id)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == first.id


def test_several_makers_at_once_agree_on_one_key(tmp_path):
    path = tmp_path / "race" / "master.key"
    threads = [threading.Thread(target=master_key_file.ensure, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(path.read_text().split()) == 1
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]
