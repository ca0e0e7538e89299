"""Files over REST: uploaded, listed, read, removed."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.media.services import media_clean
from messaging.models import Media, MediaState
from tests import factories

from . import samples

URL = "/api/v1/media"


def upload(api: APIClient, data: bytes, name: str = "photo.jpg", **options):
    return api.post(URL, {"file": SimpleUploadedFile(name, data)}, format="multipart", **options)


def test_a_form(api: APIClient, workspace, storage: Path) -> None:
    data = samples.picture()
    answer = upload(api, data)
    assert answer.status_code == 201
    body = answer.json()
    assert body["sha256"] == hashlib.sha256(data).hexdigest()
    assert (body["mimetype"], body["size"], body["filename"]) == ("image/jpeg", len(data), "photo.jpg")
    assert (body["state"], body["source"], body["workspace"]) == ("stored", "upload", str(workspace.pk))
    assert answer["Location"] == f"{URL}/{body['id']}"
    assert [path.read_bytes() for path in storage.rglob("*") if path.is_file()] == [data]
    assert api.get(f"{URL}/{body['id']}").json()["id"] == body["id"]
    assert [each["id"] for each in api.get(URL).json()["results"]] == [body["id"]]


def test_base64_and_data_urls(api: APIClient, workspace) -> None:
    text = base64.b64encode(b"a,b\n1,2\n").decode()
    for data in (text, f"data:text/csv;base64,{text}"):
        answer = api.post(URL, {"data": data, "filename": "table.csv"}, format="json")
        assert answer.status_code == 201, answer.json()
        assert (answer.json()["mimetype"], answer.json()["size"]) == ("text/csv", 8)


@pytest.mark.parametrize(
    ("name", "data", "mimetype"),
    [
        ("a.png", samples.picture("PNG"), "image/png"),
        ("a.jpg", b"<html><script>alert(1)</script>", "application/octet-stream"),
        ("a.html", b"<html><script>alert(1)</script>", "application/octet-stream"),
        ("a.svg", b"<svg onload='alert(1)'/>", "application/octet-stream"),
        ("a.docx", b"PK\x03\x04rest", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.exe", b"%PDF-1.7", "application/pdf"),
        ("a", samples.opus(), "audio/ogg"),
        ("a", samples.movie(), "video/mp4"),
    ],
)
def test_the_type_is_sniffed(api: APIClient, workspace, name: str, data: bytes, mimetype: str) -> None:
    assert upload(api, data, name).json()["mimetype"] == mimetype


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        ({"data": "AA==", "url": "https://example.com/x"}, "non_field_errors"),
        ({"data": "not base64!"}, "data"),
        ({"data": "ünïcode"}, "data"),
        ({"data": ""}, "data"),
        ({"data": "AA==", "filename": "x" * 300}, "filename"),
        ({"data": "AA==", "more": 1}, "more"),
    ],
)
def test_bad_bodies(api: APIClient, workspace, body: dict, field: str) -> None:
    answer = api.post(URL, body, format="json")
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


def test_bad_forms(api: APIClient, workspace) -> None:
    kind = "multipart/form-data; boundary=x"
    broken = api.post(URL, b"nonsense", content_type=kind)
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "validation_error")
    assert api.post(URL, b"x", content_type="multipart/form-data").json()["error"]["code"] == "invalid_multipart"
    assert upload(api, b"").json()["error"]["fields"]["file"]
    other = api.post(URL, {"photo": SimpleUploadedFile("a", b"x")}, format="multipart")
    assert other.json()["error"]["fields"]["photo"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/x", "url_forbidden"),
        ("http://169.254.169.254/latest/meta-data", "url_forbidden"),
        ("http://[::1]/", "url_forbidden"),
        ("file:///etc/passwd", "url_invalid"),
        ("nonsense", "url_invalid"),
    ],
)
def test_addresses_that_are_never_asked(api: APIClient, workspace, url: str, code: str) -> None:
    answer = api.post(URL, {"url": url}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_file_beyond_the_limit(api: APIClient, workspace, settings, storage: Path) -> None:
    settings.MEDIA_MAX_MB = {**settings.MEDIA_MAX_MB, "document": 1}
    answer = upload(api, bytes((1 << 20) + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "media_too_large")
    assert upload(api, bytes(1 << 20)).status_code == 201


def test_a_workspace_beyond_its_quota(api: APIClient, workspace, settings) -> None:
    settings.MEDIA_QUOTA_MB = 1
    first = upload(api, bytes(600_000)).json()
    answer = upload(api, bytes(600_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "media_quota_exceeded")
    assert api.delete(f"{URL}/{first['id']}").status_code == 204
    assert upload(api, bytes(600_000)).status_code == 201


def test_others_see_nothing(api: APIClient, workspace) -> None:
    media = upload(api, b"secret").json()
    stranger = factories.client(factories.user("eve", workspace=factories.workspace("Elsewhere")))
    for path in ("", "/content", "/thumbnail"):
        assert stranger.get(f"{URL}/{media['id']}{path}").status_code == 404
        assert APIClient().get(f"{URL}/{media['id']}{path}").status_code == 401
    assert stranger.delete(f"{URL}/{media['id']}").status_code == 404
    assert stranger.get(URL).json()["results"] == []


def test_viewers_look_on(workspace) -> None:
    viewer = factories.client(factories.user("vic", workspace=workspace, role="viewer"))
    assert upload(viewer, b"x").json()["error"]["code"] == "role_too_low"


def test_a_removed_file(api: APIClient, workspace, storage: Path) -> None:
    media = upload(api, b"x").json()
    assert api.delete(f"{URL}/{media['id']}").status_code == 204
    assert api.delete(f"{URL}/{media['id']}").status_code == 204
    assert api.get(f"{URL}/{media['id']}").json()["state"] == "expired"
    gone = api.get(f"{URL}/{media['id']}/content")
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "media_expired")
    assert [path for path in storage.rglob("*") if path.is_file()] == []


def test_files_have_their_time(api: APIClient, workspace, storage: Path) -> None:
    old, new = (upload(api, bytes([number])).json()["id"] for number in (1, 2))
    Media.objects.filter(pk=old).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert media_clean() == 1
    assert Media.objects.get(pk=old).state == MediaState.EXPIRED
    assert Media.objects.get(pk=new).state == MediaState.STORED
    assert len([path for path in storage.rglob("*") if path.is_file()]) == 1
