"""The preview of a broadcast's link: looked up once, the same for everybody, waited for as long as for one text."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.broadcasts import services
from messaging.broadcasts.checking import content_problems
from messaging.broadcasts.engine.tick import tick
from messaging.broadcasts.linking import previews_kept, previews_look
from messaging.broadcasts.models import Broadcast, BroadcastState
from messaging.models import Message
from tests import factories
from tests.http.server import WebServer, web_server
from tests.media import samples
from whatsapp_api.core.http.addresses import AddressPolicy
from whatsapp_api.core.http.client import GuardedClient

Draft = Callable[..., Broadcast]


@pytest.fixture(autouse=True)
def patient(settings: Any) -> None:
    """Nobody gives a preview up who does not mean to, however busy the machine is."""
    settings.LINK_PREVIEW_SECONDS = 120


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    client = GuardedClient(AddressPolicy.parse(["127.0.0.2"]))
    monkeypatch.setattr("messaging.previews.looking.outgoing", lambda: client)
    with web_server("127.0.0.2") as running:
        yield running
    client.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that a tick starts; the test decides when a worker has time for them."""
    started: list[str] = []
    monkeypatch.setattr("messaging.broadcasts.engine.tick.start", lambda task, *_: started.append(task.name))
    return started


def variant(text: str, **fields: Any) -> dict[str, Any]:
    content = {"text": text, "preview": True}
    return {"name": "A", "weight": 1, "kind": "text", "content": content, "defaults": {}, **fields}


def previews() -> list[Any]:
    return [message.content["link_preview"] for message in Message.objects.all()]


def test_a_page_is_asked_once_and_everybody_sees_it(
    people: Callable[..., Any], draft: Draft, sender: Any, web: WebServer, asked: list[str]
) -> None:
    people(30)
    web.picture = samples.picture()
    url = f"{web.url}/page?image={web.url}/picture"
    broadcast = services.broadcast_launch(
        draft(variants=[variant(f"{{{{name}}}}: {url}"), variant(f"Look, {{{{name}}}}: {url}", name="B")])
    )
    assert tick(0) == 0 and asked == ["broadcasts.previews"]
    previews_look(broadcast.pk)
    while tick(0) or sender.drain():
        pass
    found = previews()
    assert len(found) == 30 and all(each == found[0] for each in found)
    assert (found[0]["url"], found[0]["title"], found[0]["image"]["mimetype"]) == (url, "Fresh & warm", "image/jpeg")
    assert [path.split("?")[0] for path, *_ in web.seen] == ["/page", "/picture"]


@pytest.mark.parametrize("path", ["gone", "silent"])
def test_a_page_that_does_not_answer_holds_up_nothing(
    people: Callable[..., Any], draft: Draft, web: WebServer, asked: list[str], settings: Any, path: str
) -> None:
    if path == "silent":
        settings.LINK_PREVIEW_SECONDS = 0.3
    people(2)
    broadcast = services.broadcast_launch(draft(variants=[variant(f"See {web.url}/{path}")]))
    previews_look(broadcast.pk)
    assert tick(0) == 2
    assert {each["error"] for each in previews()} == {"url_bad_answer" if path == "gone" else "url_timeout"}


def test_without_a_worker_it_begins_a_moment_later(people: Callable[..., Any], draft: Draft, asked: list[str]) -> None:
    people(2)
    broadcast = services.broadcast_launch(draft(variants=[variant("See https://example.org/")]))
    assert tick(0) == 0
    Broadcast.objects.filter(pk=broadcast.pk).update(started_at=timezone.now() - timedelta(hours=1))
    assert tick(0) == 2
    assert previews() == [{"url": "https://example.org/", "error": "url_timeout"}] * 2


def test_a_link_that_varies_is_refused(draft: Draft) -> None:
    for text in ("See https://example.org/{{code}}", "See https://{{host}}/", "{https://a.org|https://b.org}"):
        problem = content_problems(draft(variants=[variant(text, defaults={"code": "1", "host": "a.org"})]))
        assert "must be the same for everybody" in problem["variants.0"][0], text
    assert content_problems(draft(variants=[variant("Dear {{name}}, see https://example.org/")])) == {}


def test_what_is_asked_for_anew_is_looked_up_anew() -> None:
    found = {"https://a.org": {"url": "https://a.org", "error": "url_timeout"}}
    assert previews_kept(found, [variant("https://a.org")]) == found
    assert previews_kept(found, [{**variant("https://a.org"), "content": {"text": "https://a.org"}}]) == {}


def test_what_is_found_while_a_draft_changes_is_kept(
    workspace: Any, draft: Draft, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wizard saves each time that somebody stops typing, also while a worker looks the page up."""
    broadcast = draft(variants=[variant(f"See {web.url}/page")])
    monkeypatch.setattr("messaging.broadcasts.api.views._require_sense", lambda row: previews_look(row.pk))
    alice = factories.client(factories.user("alice", workspace=workspace))
    body = {"variants": [variant(f"Look at {web.url}/page")]}
    answer = alice.patch(f"/api/v1/broadcasts/{broadcast.pk}", body, format="json")
    assert [each["title"] for each in answer.json()["previews"]] == ["Fresh & warm"]
    assert [path for path, *_ in web.seen] == ["/page"]


def test_the_draft_shows_what_was_found(draft: Draft, web: WebServer) -> None:
    broadcast = draft(variants=[variant(f"See {web.url}/page")])
    previews_look(broadcast.pk)
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DRAFT
    expected = {"url": f"{web.url}/page", "title": "Fresh & warm", "description": "Bread daily"}
    assert list(broadcast.previews.values()) == [expected]
    copy = services.broadcast_clone(broadcast)
    assert copy.previews == {}, "a copy looks at the page of its own day"
