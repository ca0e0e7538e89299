"""Previews of links: looked up by us, given, received."""

import base64
import io
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image

from tests.http.server import WebServer, web_server
from tests.media import samples

from .conftest import Json, Talk


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server("127.0.0.2") as running:
        running.picture = samples.picture(size=(1200, 630))
        yield running


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def served(talk: Talk, image: Json) -> Image.Image:
    return picture(talk.api.http.get(f"{talk.api.platform.url}{image['url']}").content)


@pytest.mark.feature("send.link_preview")
def test_a_link_is_looked_up(talk: Talk, web: WebServer) -> None:
    url = f"{web.url}/page?image=/picture"
    message = talk.post("text", to=f"+{talk.friend.number}", text=f"Today: {url}.", preview=True)
    shown = talk.arrived(message)["raw"]["extendedTextMessage"]
    assert shown["text"] == f"Today: {url}."
    assert (shown["matchedText"], shown["title"], shown["description"]) == (url, "Fresh & warm", "Bread daily")
    assert picture(base64.b64decode(shown["JPEGThumbnail"])).size == (300, 158)
    preview = message["content"]["link_preview"]
    assert (preview["url"], preview["title"]) == (url, "Fresh & warm")
    assert served(talk, preview["image"]).size == (300, 158)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("{web}/gone", "url_bad_answer"),
        ("{web}/sized?size=10", "url_bad_answer"),
        ("{web}/redirect?to=http://127.0.0.1:1/x", "url_forbidden"),
        ("http://169.254.169.254/latest/meta-data", "url_forbidden"),
    ],
)
def test_a_link_that_fails_leaves_as_it_is(talk: Talk, web: WebServer, path: str, error: str) -> None:
    url = path.format(web=web.url)
    message = talk.post("text", to=f"+{talk.friend.number}", text=url, preview=True)
    assert talk.arrived(message)["raw"]["conversation"] == url
    assert message["content"]["link_preview"] == {"url": url, "error": error}


def test_a_picture_that_would_fill_the_memory_is_left_out(talk: Talk, web: WebServer) -> None:
    web.picture = samples.bomb()
    try:
        got = talk.send("text", text=f"{web.url}/page?image={web.url}/picture", preview=True)
    finally:
        web.picture = samples.picture(size=(1200, 630))
    assert got["raw"]["extendedTextMessage"]["title"] == "Fresh & warm"
    assert "JPEGThumbnail" not in got["raw"]["extendedTextMessage"]


def test_a_given_preview(talk: Talk) -> None:
    given = {"url": "https://example.org/a", "title": "A", "description": "Letters"}
    got = talk.send("text", text="See https://example.org/a", link_preview=given)
    assert got["raw"]["extendedTextMessage"]["title"] == "A"
    image = {"data": base64.b64encode(samples.picture("PNG")).decode()}
    got = talk.send("text", text="https://example.org/a", link_preview={**given, "image": image})
    thumbnail = picture(base64.b64decode(got["raw"]["extendedTextMessage"]["JPEGThumbnail"]))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (300, 188))
    message = talk.post(
        "text", to=f"+{talk.friend.number}", text=given["url"], link_preview={**given, "image": {"data": "QUJD"}}
    )
    assert message["content"]["link_preview"] == {**given, "error": "media_unreadable"}
    assert talk.arrived(message)["raw"]["extendedTextMessage"]["description"] == "Letters"


@pytest.mark.feature("receive.link_preview")
def test_a_preview_arrives_with_its_image(talk: Talk) -> None:
    small = base64.b64encode(samples.picture(size=(100, 60))).decode()
    text = {"text": "https://example.org", "matchedText": "https://example.org", "title": "Example"}
    got = talk.write(protobuf={"extendedTextMessage": {**text, "JPEGThumbnail": small}})
    preview = got["content"]["link_preview"]
    assert (preview["url"], preview["title"]) == ("https://example.org", "Example")
    assert served(talk, preview["image"]).size == (100, 60)

    got = talk.write(protobuf={"extendedTextMessage": {**text, "JPEGThumbnail": "QUJD"}})
    assert got["content"]["link_preview"] == {"url": "https://example.org", "title": "Example"}


def test_what_makes_no_preview_is_refused(talk: Talk) -> None:
    given = {"url": "https://example.org", "title": "Example"}
    for body, field in (
        ({"text": "No link", "preview": True}, "preview"),
        ({"text": "https://example.org", "preview": True, "link_preview": given}, "preview"),
        ({"text": "Another text", "link_preview": given}, "link_preview"),
        ({"text": "x", "link_preview": {**given, "url": "ftp://example.org"}}, "link_preview.url"),
        ({"text": "https://example.org", "link_preview": {"url": given["url"]}}, "link_preview.title"),
    ):
        answer = talk.api.http.post(f"/sessions/{talk.session}/messages/text", json={"to": "+34600110002", **body})
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
        assert list(answer.json()["error"]["fields"]) == [field]
