"""Files both ways on the real engine: what a phone decrypts is compared byte by byte."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.media_line import FRIEND, OWN, Json, Line
from tests.e2e.platform import Platform
from tests.http.server import WebServer, web_server
from tests.media import samples


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server("127.0.0.2") as running:
        yield running


def upload(api: Api, data: bytes, name: str) -> str:
    answer = api.http.post("/media", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def send(
    line: Line, kind: str, data: bytes, name: str = "file", **fields: Any
) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The message as the platform shows it, as the phone shows it, and the file that the phone decrypted."""
    api, session_id, friend = line
    before = max((message["n"] for message in friend.messages()), default=0)
    body = {"to": f"+{FRIEND}", "media": {"id": upload(api, data, name)}, **fields}
    message = api.settled(session_id, f"/{kind}", body)
    assert message["state"] in ("sent", "delivered"), message
    arrived = friend.wait_message(after=before, id=message["wa_id"])
    return message, arrived, friend.media(arrived["id"])


def part(arrived: dict[str, Any]) -> dict[str, Any]:
    """The innermost part of the protobuf that the phone got."""
    message = arrived["raw"]
    for wrapper in ("viewOnceMessageV2", "documentWithCaptionMessage"):
        message = message[wrapper]["message"] if wrapper in message else message
    return next(value for name, value in message.items() if name != "messageContextInfo")


@pytest.mark.feature("send.image")
def test_an_image(line: Line) -> None:
    data = samples.picture()
    message, arrived, got = send(line, "image", data, "photo.jpg", caption="Look!")
    assert got == data
    assert (arrived["kind"], arrived["caption"], arrived["media"]["mimetype"]) == ("image", "Look!", "image/jpeg")
    assert (part(arrived)["width"], part(arrived)["height"]) == (320, 200)
    assert part(arrived)["JPEGThumbnail"]
    assert (message["text"], message["content"]["caption"]) == ("Look!", "Look!")
    assert message["content"]["media"]["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.feature("send.video", "send.view_once")
def test_a_video(line: Line) -> None:
    data = samples.movie()
    _, arrived, got = send(line, "video", data, gif=True, view_once=True)
    assert (got, arrived["kind"]) == (data, "video")
    assert (part(arrived)["seconds"], part(arrived)["gifPlayback"], part(arrived)["viewOnce"]) == (1, True, True)


@pytest.mark.feature("send.video_note")
def test_a_round_video(line: Line) -> None:
    message, arrived, got = send(line, "video-note", samples.movie())
    assert "ptvMessage" in arrived["raw"]
    assert hashlib.sha256(got).hexdigest() == message["content"]["media"]["sha256"]
    assert (part(arrived)["width"], part(arrived)["height"], got[4:8]) == (480, 480, b"ftyp")


@pytest.mark.feature("send.audio")
def test_an_audio_file(line: Line) -> None:
    data = samples.opus()
    _, arrived, got = send(line, "audio", data)
    assert (got, arrived["kind"]) == (data, "audio")


@pytest.mark.feature("send.voice")
def test_a_voice_note_of_any_sound(line: Line) -> None:
    message, arrived, got = send(line, "voice", samples.wav(2.0))
    assert (arrived["kind"], arrived["media"]["mimetype"], got[:4]) == ("voice", "audio/ogg; codecs=opus", b"OggS")
    assert hashlib.sha256(got).hexdigest() == message["content"]["media"]["sha256"]
    assert (part(arrived)["PTT"], part(arrived)["seconds"]) == (True, 2)
    assert len(part(arrived)["waveform"]) == 88  # 64 bytes in base64


@pytest.mark.feature("send.document")
def test_a_document(line: Line) -> None:
    data = b"a,b\n1,2\n" * 10_000
    _, arrived, got = send(line, "document", data, "table.csv", filename="Prices 2026.csv", caption="As agreed")
    assert (got, arrived["kind"], arrived["caption"]) == (data, "document", "As agreed")
    assert (arrived["media"]["filename"], arrived["media"]["mimetype"]) == ("Prices 2026.csv", "text/csv")


@pytest.mark.feature("send.sticker")
def test_stickers(line: Line) -> None:
    _, arrived, got = send(line, "sticker", samples.picture("PNG"), pack="Cats")
    assert (arrived["kind"], got[8:12]) == ("sticker", b"WEBP")
    assert b"sticker-pack-name" in got
    _, arrived, got = send(line, "sticker", samples.moving())
    assert (part(arrived)["isAnimated"], b"ANIM" in got) == (True, True)


def test_a_file_by_url_keeps_the_order_of_its_chat(line: Line, web: WebServer) -> None:
    api, session_id, friend = line
    to = f"+{FRIEND}"
    url = f"{web.url}/sized?size=300000"
    first = api.post(f"/sessions/{session_id}/messages/document", {"to": to, "media": {"url": url}})
    second = api.settled(session_id, "", {"to": to, "text": "after the file"})
    assert first["state"] == "preparing"
    friend.wait_message(id=second["wa_id"])
    ids = [message["id"] for message in friend.messages()]
    first = api.message(session_id, first["id"])
    assert ids.index(first["wa_id"]) < ids.index(second["wa_id"])
    assert friend.media(first["wa_id"]) == bytes(300_000)


@pytest.mark.parametrize(
    ("kind", "url", "code"),
    [
        ("image", "http://127.0.0.1:1/x", "url_forbidden"),
        ("image", "http://169.254.169.254/latest/meta-data", "url_forbidden"),
    ],
)
def test_addresses_that_are_refused_at_once(line: Line, kind: str, url: str, code: str) -> None:
    api, session_id, _ = line
    answer = api.http.post(f"/sessions/{session_id}/messages/{kind}", json={"to": f"+{FRIEND}", "media": {"url": url}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("kind", "path", "code"),
    [
        ("image", "/redirect?to=http://127.0.0.1:1/x", "url_forbidden"),
        ("image", "/redirect?to=http://localhost:1/x", "url_forbidden"),
        ("image", "/endless", "url_too_large"),
        ("image", "/sized?size=10", "media_unreadable"),
        ("document", "/gone", "url_bad_answer"),
    ],
)
def test_files_by_url_that_fail_say_why(line: Line, web: WebServer, kind: str, path: str, code: str) -> None:
    api, session_id, _ = line
    body = {"to": f"+{FRIEND}", "media": {"url": web.url + path}}
    message = api.settled(session_id, f"/{kind}", body)
    assert (message["state"], message["error"]["code"]) == ("failed", code)
    assert message["error"]["message"].endswith(".")


def test_an_image_bomb_fails_and_says_why(line: Line) -> None:
    api, session_id, _ = line
    body = {"to": f"+{FRIEND}", "media": {"id": upload(api, samples.bomb(), "bomb.png")}}
    message = api.settled(session_id, "/image", body)
    assert (message["state"], message["error"]["code"]) == ("failed", "media_too_complex")


def receive(line: Line, kind: str, data: bytes, **details: Any) -> tuple[Json, bytes]:
    """The message once its file is stored, and the bytes that the API serves."""
    api, session_id, friend = line
    with api.listen(session_id) as events:
        sent = friend.send_media(OWN, kind, data, **details)
        events.wait_for("message", lambda payload: payload["wa_id"] == sent["id"])
        event = events.wait_for("message.media", lambda payload: payload["wa_id"] == sent["id"])
    message = event["payload"]
    assert message == api.message(session_id, message["id"]) | {"read_at": message["read_at"]}
    answer = api.http.get(f"{api.platform.url}{message['content']['media']['url']}")
    return message, answer.content


@pytest.mark.feature(
    "receive.image",
    "receive.video",
    "receive.video_note",
    "receive.audio",
    "receive.voice",
    "receive.document",
    "receive.sticker",
    "media_download",
)
@pytest.mark.parametrize(
    ("kind", "data", "mimetype"),
    [
        ("image", samples.picture(), "image/jpeg"),
        ("video", samples.movie(), "video/mp4"),
        ("video_note", samples.movie(), "video/mp4"),
        ("audio", samples.opus(), "audio/ogg"),
        ("voice", samples.opus(), "audio/ogg"),
        ("document", b"a,b\n1,2\n", "text/csv"),
        ("sticker", samples.picture("WEBP"), "image/webp"),
    ],
)
def test_files_arrive(line: Line, kind: str, data: bytes, mimetype: str) -> None:
    message, served = receive(line, kind, data, filename="table.csv" if kind == "document" else "", seconds=1)
    assert (served, message["kind"]) == (data, kind)
    media = message["content"]["media"]
    assert (media["state"], media["mimetype"], media["size"]) == ("stored", mimetype, len(data))
    assert media["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_file_that_whatsapp_has_deleted(line: Line) -> None:
    api, session_id, friend = line
    sandbox = SandboxClient(api.platform.sandbox_url)
    sandbox.fault("media_gone")
    with api.listen(session_id) as events:
        sent = friend.send_media(OWN, "image", samples.picture("PNG"))
        payload = events.wait_for("message.media", lambda payload: payload["wa_id"] == sent["id"])["payload"]
    sandbox.clear_faults()
    assert payload["content"]["media"]["state"] == "failed"
    answer = api.http.post(f"/sessions/{session_id}/messages/{payload['id']}/media/download")
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "media_gone")


def test_a_file_answers_mentions_and_is_seen_once(line: Line) -> None:
    first, _, _ = send(line, "image", samples.picture(), caption="Which one?")
    options = {"quoted": first["id"], "mentions": [f"+{FRIEND}"], "expires": 86400, "view_once": True}
    _, arrived, _ = send(line, "image", samples.picture(), caption="This one", **options)
    context = part(arrived)["contextInfo"]
    assert (context["stanzaID"], context["mentionedJID"]) == (first["wa_id"], [f"{FRIEND}@s.whatsapp.net"])
    assert (context["expiration"], part(arrived)["viewOnce"]) == (86400, True)
    assert "viewOnceMessageV2" in arrived["raw"]


@pytest.mark.feature("status.image", "status.text", "status.video", "status.voice", "status.revoke", "contacts")
def test_a_picture_and_a_text_as_status(line: Line, platform: Platform) -> None:
    api, session_id, friend = line
    SandboxClient(platform.sandbox_url).phone(OWN).save_contact(FRIEND, "A friend")
    saved = {"search": "A friend", "refresh": "true"}  # whoever has written before is a contact too
    eventually(lambda: api.get(f"/sessions/{session_id}/contacts", **saved)["results"], "the address book")
    data = samples.picture()
    message, arrived, got = send(line, "image", data, caption="New", to="status@broadcast")
    assert (got, arrived["chat"], arrived["caption"]) == (data, "status@broadcast", "New")
    assert message["chat"]["jid"] == "status@broadcast"
    body = {"to": "status@broadcast", "text": "Open until six", "background_color": "#334455"}
    sent = api.settled(session_id, "", body)
    shown = friend.wait_message(id=sent["wa_id"])["raw"]["extendedTextMessage"]
    assert (shown["text"], shown["backgroundArgb"]) == ("Open until six", 0xFF334455)
    for kind, data in (("video", samples.movie()), ("voice", samples.opus())):
        message, arrived, got = send(line, kind, data, to="status@broadcast")
        assert (got, arrived["chat"], arrived["kind"]) == (data, "status@broadcast", kind)
    gone = api.settled(session_id, "/revoke", {"message": message["id"]})
    assert friend.wait_message(id=gone["wa_id"])["target_id"] == message["wa_id"]
