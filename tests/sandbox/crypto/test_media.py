"""Encrypted files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.sandbox.crypto import media


@given(data=st.binary(max_size=3000), kind=st.sampled_from(sorted(media.INFO)))
def test_it_decrypts_what_it_encrypted(data, kind):
    file = media.encrypt(data, kind)
    assert file.size == len(data)
    plain = media.decrypt(file.body, kind, file.key, sha256=file.sha256, encrypted_sha256=file.encrypted_sha256)
    assert plain == data


def test_images_and_stickers_share_their_keys_but_videos_do_not():
    file = media.encrypt(b"data", "image")
    assert media.decrypt(file.body, "sticker", file.key) == b"data"
    with pytest.raises(media.MediaError):
        media.decrypt(file.body, "video", file.key)


def test_it_rejects_changed_bodies_and_hashes():
    file = media.encrypt(b"data", "document")
    changed = bytes([file.body[0] ^ 1]) + file.body[1:]
    for body, hashes in [
        (changed, {}),
        (changed, {"encrypted_sha256": file.encrypted_sha256}),
        (file.body, {"sha256": bytes(32)}),
        (b"", {}),
    ]:
        with pytest.raises(media.MediaError):
            media.decrypt(body, "document", file.key, **hashes)
