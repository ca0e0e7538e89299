"""Previews of links that do not come in time: the text leaves without."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Message, MessageState
from messaging.previews.preparing import preview_prepare, previews_give_up
from messaging.services import message_create
from sessions_app.models import Session
from tests import factories
from tests.http.server import WebServer, web_server
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.http.addresses import AddressPolicy
from whatsapp_api.core.http.client import GuardedClient


@pytest.fixture
def session(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    client = GuardedClient(AddressPolicy.parse(["127.0.0.2"]))
    monkeypatch.setattr("messaging.previews.looking.outgoing", lambda: client)
    with web_server("127.0.0.2") as running:
        yield running
    client.close()


@pytest.fixture(autouse=True)
def patient(settings) -> None:
    """Nobody gives a preview up who does not mean to, however busy the machine is."""
    settings.LINK_PREVIEW_SECONDS = 120


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is away."""
    monkeypatch.setattr("messaging.services.start", lambda *_: None)


def waiting(session: Session, url: str, **fields: Any) -> Message:
    content = {"text": url, "link_preview": {"url": url}}
    message = message_create(session=session, to=factories.FRIEND_JID, content=content, text=url, preparing=True)
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("path", ["/silent", "/drip", "/drip-head"])
def test_a_slow_page_is_given_up(session: Session, web: WebServer, settings, path: str) -> None:
    settings.LINK_PREVIEW_SECONDS = 0.3
    assert preview_prepare(waiting(session, web.url + path)) == {"url": web.url + path, "error": "url_timeout"}


def test_an_endless_page_is_read_at_its_beginning_only(session: Session, web: WebServer) -> None:
    assert preview_prepare(waiting(session, f"{web.url}/endless"))["error"] == "url_bad_answer"  # it has no title


def test_a_page_comes_in_time(session: Session, web: WebServer) -> None:
    shown = preview_prepare(waiting(session, f"{web.url}/page"))
    assert shown == {"url": f"{web.url}/page", "title": "Fresh & warm", "description": "Bread daily"}


def test_the_owner_lets_texts_go_that_waited_long_enough(session: Session) -> None:
    early = timezone.now() - timedelta(hours=1)
    late, later = waiting(session, "https://a.org", created_at=early), waiting(session, "https://b.org")
    planned = waiting(session, "https://c.org", created_at=early, scheduled_at=timezone.now() + timedelta(days=1))
    assert previews_give_up([session.pk]) == 2
    states = dict(Message.objects.values_list("pk", "state"))
    assert (states[late.pk], states[later.pk]) == (MessageState.QUEUED, MessageState.PREPARING)
    assert states[planned.pk] == MessageState.SCHEDULED
    late.refresh_from_db()
    assert late.content["link_preview"] == {"url": "https://a.org", "error": "url_timeout"}
