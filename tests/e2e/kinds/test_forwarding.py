"""Messages passed on: what the phone in the other chat shows, and that no file is uploaded twice."""

import httpx
import pytest

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.media import samples

from .conftest import OWN, Json, Talk


@pytest.fixture(scope="module")
def other(talk: Talk) -> Phone:
    """Another friend, to whom things are forwarded."""
    return SandboxClient(talk.api.platform.sandbox_url).create_phone(name="Other")


def forward(talk: Talk, other: Phone, message: Json) -> tuple[Json, Json]:
    """Our forwarded message, and what the other phone shows."""
    sent = talk.post("forward", to=f"+{other.number}", message=message["id"])
    return sent, other.wait_message(id=sent["wa_id"])


def context(got: Json) -> Json:
    part = next(value for name, value in got["raw"].items() if name != "messageContextInfo")
    return dict(part["contextInfo"])


@pytest.mark.feature("send.forwarded")
def test_a_text_is_passed_on_and_counted(talk: Talk, other: Phone) -> None:
    theirs = talk.write("Tell everybody", forwarded=2)
    sent, got = forward(talk, other, theirs)
    assert (got["kind"], got["text"]) == ("text", "Tell everybody")
    assert context(got) == {"isForwarded": True, "forwardingScore": 3}
    assert sent["content"]["context"] == {"forwarded": True, "forwarding_score": 3}
    assert sent["content"]["source"]["message"] == theirs["id"]

    ours = talk.post("text", to=f"+{talk.friend.number}", text="Mine, misspelt")
    talk.post("edit", message=ours["id"], text="Mine")
    _, got = forward(talk, other, ours)
    assert (got["text"], context(got)["forwardingScore"]) == ("Mine", 1)


def test_a_received_file_is_passed_on_without_an_upload(talk: Talk, other: Phone) -> None:
    data = samples.picture()
    wa_id = talk.friend.send_media(OWN, "image", data, caption="From the beach")["id"]
    theirs = talk.heard("message.media", wa_id)
    _, got = forward(talk, other, theirs)
    assert (got["kind"], got["caption"], other.media(got["id"])) == ("image", "From the beach", data)
    paths = [
        talk.own.wait_message(id=wa_id)["raw"]["imageMessage"]["directPath"],
        got["raw"]["imageMessage"]["directPath"],
    ]
    assert paths[0] == paths[1]
    assert context(got)["isForwarded"] is True


def test_a_sent_document_is_passed_on(talk: Talk, other: Phone) -> None:
    body = {"media": {"data": "QUJD", "filename": "a.txt"}, "caption": "Letters"}
    ours = talk.post("document", to=f"+{talk.friend.number}", **body)
    first = talk.arrived(ours)
    _, got = forward(talk, other, ours)
    assert (got["kind"], got["caption"], other.media(got["id"])) == ("document", "Letters", b"ABC")
    paths = [
        each["raw"]["documentWithCaptionMessage"]["message"]["documentMessage"]["directPath"] for each in (first, got)
    ]
    assert paths[0] == paths[1]


def test_cards_places_and_polls_are_passed_on(talk: Talk, other: Phone) -> None:
    card = talk.write(contact={"name": "Eva", "vcard": "BEGIN:VCARD\nFN:Eva\nEND:VCARD"})
    place = talk.write(location={"latitude": 1.5, "longitude": 2.5, "name": "Port"})
    poll = talk.write(poll={"question": "Colour?", "options": ["Red", "Blue"]})
    talk.post("poll-vote", message=poll["id"], options=["Red"])
    shown = [forward(talk, other, each)[1] for each in (card, place, poll)]
    assert [each["kind"] for each in shown] == ["contact", "location", "poll"]
    assert shown[1]["caption"] == "Port"
    sent = talk.api.messages(talk.session, chat=f"+{other.number}")[0]
    assert "tally" not in sent["content"]
    assert sent["content"]["options"] == ["Red", "Blue"]


def test_a_forwarded_message_arrives_with_its_mark(talk: Talk) -> None:
    got = talk.write(location={"latitude": 1, "longitude": 2}, forwarded=5)
    assert got["content"]["context"] == {"forwarded": True, "forwarding_score": 5}


def test_what_cannot_be_passed_on_is_refused(talk: Talk, other: Phone) -> None:
    gone = talk.post("text", to=f"+{talk.friend.number}", text="Gone")
    talk.post("revoke", message=gone["id"])
    once = talk.write(media={"kind": "image", "data": "QUJD", "view_once": True})
    moving = talk.write(live_location={"latitude": 1, "longitude": 2})
    for message in (gone, once, moving):
        body = {"to": f"+{other.number}", "message": message["id"]}
        answer = talk.api.http.post(f"/sessions/{talk.session}/messages/forward", json=body)
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
        assert list(answer.json()["error"]["fields"]) == ["message"]
    body = {"to": f"+{other.number}", "message": "3EB0NO"}
    answer = talk.api.http.post(f"/sessions/{talk.session}/messages/forward", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "message_not_found")
