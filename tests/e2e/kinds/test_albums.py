"""Albums: several files that phones show as one."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from sessions_app.sandbox.client import Phone
from tests.e2e.api import eventually
from tests.media import samples
from whatsapp_api.core.formats import iso

from .conftest import OWN, Json, Talk

PICTURES = [samples.picture(), samples.picture("PNG")]


def upload(talk: Talk, data: bytes) -> Json:
    answer = talk.api.http.post("/media", files={"file": ("file", data)})
    return {"id": answer.raise_for_status().json()["id"]}


def album(talk: Talk, *items: Json, **fields: Any) -> Json:
    body = {"to": f"+{talk.friend.number}", "items": list(items), **fields}
    return talk.api.settled(talk.session, "/album", body)


def parent_of(got: Json) -> Json:
    return dict(got["raw"]["messageContextInfo"]["messageAssociation"]["parentMessageKey"])


@pytest.mark.feature("send.album")
def test_an_album_leaves_with_its_files(talk: Talk) -> None:
    items = [{"media": upload(talk, data), "caption": f"Number {n}"} for n, data in enumerate(PICTURES)]
    movie = {"kind": "video", "media": upload(talk, samples.movie())}
    sent = album(talk, *items, movie, expires=86_400)
    parent = talk.arrived(sent)
    assert (parent["kind"], parent["text"]) == ("album", "2 images, 1 videos")
    assert (sent["content"]["images"], sent["content"]["videos"], len(sent["content"]["items"])) == (2, 1, 3)

    parts = [talk.until(each, lambda message: message["wa_id"]) for each in sent["content"]["items"]]
    shown = [talk.arrived(part) for part in parts]
    assert [talk.friend.media(each["id"]) for each in shown] == [*PICTURES, samples.movie()]
    assert [each["caption"] for each in shown] == ["Number 0", "Number 1", ""]
    assert {parent_of(each)["ID"] for each in shown} == {parent["id"]}
    assert [part["content"]["album"]["message"] for part in parts] == [sent["id"]] * 3
    ids = [each["id"] for each in talk.friend.messages()]
    assert ids.index(parent["id"]) < min(ids.index(each["id"]) for each in shown)


def test_an_album_shrinks_by_what_cannot_be_used(talk: Talk) -> None:
    good, bad = upload(talk, PICTURES[0]), upload(talk, samples.bomb())
    sent = album(talk, {"media": good}, {"media": bad}, {"media": good})
    assert talk.arrived(sent)["text"] == "2 images, 0 videos"
    states = [talk.message(each)["error"] for each in sent["content"]["items"]]
    assert states[1]["code"] == "media_too_complex"
    nothing = album(talk, {"media": bad}, {"media": bad})
    assert (nothing["state"], nothing["error"]["code"]) == ("failed", "album_empty")


def test_an_album_is_taken_back_before_it_leaves(talk: Talk) -> None:
    items = [{"media": upload(talk, data)} for data in PICTURES]
    tomorrow, later_still = iso(timezone.now() + timedelta(days=1)), iso(timezone.now() + timedelta(days=2))
    body = {"to": f"+{talk.friend.number}", "items": items, "scheduled_at": tomorrow}
    later = talk.api.post(f"/sessions/{talk.session}/messages/album", body)
    path = f"/sessions/{talk.session}/messages/{later['id']}"
    eventually(lambda: talk.message(later["content"]["items"][1])["state"] == "scheduled", "its files")
    moved = talk.api.http.patch(path, json={"scheduled_at": later_still})
    assert moved.is_success, moved.text
    part = talk.message(later["content"]["items"][0])
    assert part["scheduled_at"] == later_still
    alone = talk.api.http.patch(f"/sessions/{talk.session}/messages/{part['id']}", json={"priority": "bulk"})
    assert alone.status_code == httpx.codes.BAD_REQUEST
    assert talk.api.post(f"{path}/cancel")["state"] == "cancelled"
    assert {talk.message(each)["state"] for each in later["content"]["items"]} == {"cancelled"}


@pytest.mark.feature("receive.album")
@pytest.mark.parametrize("order", ["album first", "album last"])
def test_an_album_arrives_and_knows_its_files(talk: Talk, order: str) -> None:
    friend: Phone = talk.friend
    parent = friend.send(OWN, album={"images": 2, "videos": 0})["id"] if order == "album first" else ""
    unseen = parent or friend.send(friend.number, album={"images": 2, "videos": 0})["id"]
    wa_ids = [friend.send_media(OWN, "image", data, album=unseen)["id"] for data in PICTURES]
    parts = [talk.heard("message", wa_id) for wa_id in wa_ids]
    if not parent:
        assert [part["content"]["album"]["message"] for part in parts] == [None, None]
        friend.send(OWN, album={"images": 2, "videos": 0}, id=unseen)
    whole = talk.heard("message", unseen)
    assert whole["content"]["images"] == 2
    assert talk.message(whole["id"])["content"]["items"] == [part["id"] for part in parts]
    assert {talk.message(part["id"])["content"]["album"]["message"] for part in parts} == {whole["id"]}


def test_what_makes_no_album_is_refused(talk: Talk) -> None:
    good = {"media": {"url": "https://example.org/a.jpg"}}
    for items, field in (
        ([good], "items"),
        ([good] * 31, "items"),
        ([good, {"kind": "audio", **good}], "items.1.kind"),
        ([good, {}], "items.1.media"),
    ):
        body = {"to": f"+{talk.friend.number}", "items": items}
        answer = talk.api.http.post(f"/sessions/{talk.session}/messages/album", json=body)
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.text
        assert next(iter(answer.json()["error"]["fields"])).startswith(field), answer.text
