"""Bytes over REST: whole, in part, by signed link."""

import time

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from messaging.media.ranges import Part, Unsatisfiable, wanted
from whatsapp_api.events.models import Event, EventType

from . import samples

DATA = bytes(range(256)) * 4000


@pytest.fixture
def media(api: APIClient, workspace) -> dict:
    return api.post("/api/v1/media", {"file": SimpleUploadedFile("d.bin", DATA)}, format="multipart").json()


def body(answer) -> bytes:
    return async_to_sync(_joined)(answer) if answer.streaming else answer.content


async def _joined(answer) -> bytes:
    return b"".join([chunk async for chunk in answer])


def test_the_whole_file(api: APIClient, media: dict) -> None:
    answer = api.get(media["url"])
    assert (answer.status_code, body(answer), answer["Content-Length"]) == (200, DATA, str(len(DATA)))
    assert (answer["X-Content-Type-Options"], answer["Accept-Ranges"]) == ("nosniff", "bytes")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == 'attachment; filename="d.bin"'
    head = api.head(media["url"])
    assert (head.status_code, body(head), head["Content-Length"]) == (200, b"", str(len(DATA)))


def test_parts(api: APIClient, media: dict) -> None:
    answer = api.get(media["url"], HTTP_RANGE="bytes=1000-1999")
    assert (answer.status_code, body(answer)) == (206, DATA[1000:2000])
    assert answer["Content-Range"] == f"bytes 1000-1999/{len(DATA)}"
    assert body(api.get(media["url"], HTTP_RANGE="bytes=-10")) == DATA[-10:]
    assert body(api.get(media["url"], HTTP_RANGE=f"bytes={len(DATA) - 5}-")) == DATA[-5:]
    beyond = api.get(media["url"], HTTP_RANGE=f"bytes={len(DATA)}-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(DATA)}")


def test_conditions(api: APIClient, media: dict) -> None:
    tag = api.head(media["url"])["ETag"]
    assert api.get(media["url"], HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert api.get(media["url"], HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE=tag).status_code == 206
    assert api.get(media["url"], HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"').status_code == 200


def test_a_signed_link(api: APIClient, media: dict) -> None:
    anybody = APIClient()
    link = media["signed_url"]
    assert body(anybody.get(link)) == DATA
    assert anybody.get(link.replace("/content", "/thumbnail")).json()["error"]["code"] == "link_invalid"
    assert anybody.get(link[:-1] + ("0" if link[-1] != "0" else "1")).json()["error"]["code"] == "link_invalid"
    assert anybody.get(f"{media['url']}?signature=x").json()["error"]["code"] == "link_invalid"
    assert list(api.get(f"{media['url']}?expires=1").json()["error"]["fields"]) == ["signature"]
    told = Event.objects.get(type=EventType.SECURITY_SIGNATURE_FAILED)  # once a minute, however often
    assert told.payload["subject"] == f"media:{media['id']}"


def test_a_link_has_its_time(api: APIClient, media: dict, monkeypatch) -> None:
    later = time.time() + 3600
    monkeypatch.setattr("messaging.media.links.time.time", lambda: later)
    answer = APIClient().get(media["signed_url"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "link_expired")


@pytest.mark.parametrize(
    ("data", "name", "shown"),
    [
        (samples.picture(), "a.jpg", True),
        (b"<svg/>", "a.svg", False),
        (b"<html>", "a.html", False),
        (b"%PDF-", "a.pdf", False),
    ],
)
def test_what_a_browser_may_show(api: APIClient, workspace, data: bytes, name: str, shown: bool) -> None:
    media = api.post("/api/v1/media", {"file": SimpleUploadedFile(name, data)}, format="multipart").json()
    answer = api.get(media["url"])
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert "html" not in answer["Content-Type"]
    assert "svg" not in answer["Content-Type"]
    answer.close()


def test_no_thumbnail(api: APIClient, media: dict) -> None:
    answer = api.get(f"/api/v1/media/{media['id']}/thumbnail")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "thumbnail_not_found")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=5-", Part(5, 10)),
        ("bytes=5-99", Part(5, 10)),
        ("bytes=-3", Part(7, 10)),
        ("bytes=-99", Part(0, 10)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_ranges(header: str, part: Part | None) -> None:
    assert wanted(header, 10) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_ranges_beyond_the_end(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(header, 10)
