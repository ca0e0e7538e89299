"""Uploaded files are kept as they are."""

import json

import pytest

from sessions_app.sandbox.server.http import Request
from sessions_app.sandbox.server.media import MediaStore


@pytest.fixture(params=["memory", "folder"])
def store(request, tmp_path) -> MediaStore:
    return MediaStore(tmp_path / "media" if request.param == "folder" else None)


def call(store: MediaStore, method: str, target: str, body: bytes = b""):
    return store.handle(Request(method, target, {}, [], body))


def test_what_is_uploaded_can_be_fetched(store):
    answer = json.loads(call(store, "POST", "/mms/image/abc_-=?auth=a&token=b", b"data").body)
    assert answer["direct_path"] == "/v/abc_-=?ccb=1"
    assert call(store, "GET", f"{answer['direct_path']}&hash=x").body == b"data"
    assert store.fetch(answer["direct_path"]) == b"data"


def test_what_is_not_there_is_not_found(store):
    assert call(store, "GET", "/v/nothing").status == 404
    with pytest.raises(KeyError):
        store.fetch("/v/nothing?ccb=1")


@pytest.mark.parametrize("token", ["..%2F..%2Fetc", "..", "a%00b", "x" * 200])
def test_a_token_cannot_leave_the_folder(store, token):
    assert call(store, "POST", f"/mms/image/{token}", b"data").status in (400, 404)
    assert call(store, "GET", f"/v/{token}").status == 404


def test_anything_else_is_refused(store):
    assert call(store, "PUT", "/mms/image/abc", b"").status == 404
    assert call(store, "DELETE", "/mms/image/abc").status == 204


def test_a_file_is_private(tmp_path):
    MediaStore(tmp_path / "media").save("abc", b"data")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "media").iterdir()] == [0o600]
