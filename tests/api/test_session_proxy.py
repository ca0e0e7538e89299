"""A proxy of its own for one session, and credentials that nobody gets to see."""

import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session
from sessions_app.payloads import session_payload
from sessions_app.proxies import proxy_of
from tests import factories
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core import sealed_fields

PASSWORD = "p@ss:w/ord%"
SHOWN = {"scheme": "socks5", "host": "proxy.example.com", "port": 1080, "has_credentials": True}


def address(session: Session) -> str:
    return f"/api/v1/sessions/{session.pk}/proxy"


def put(api: APIClient, session: Session, **body: Any) -> Any:
    return api.put(address(session), body, format="json")


def proxy(session: Session) -> Any:
    return proxy_of(Session.objects.get(pk=session.pk))


@pytest.fixture
def idle(workspace: Workspace) -> Session:
    return factories.session(workspace)


def test_it_stores_the_proxy_and_shows_all_but_the_credentials(
    api: APIClient, idle: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = put(api, idle, url="socks5://proxy.example.com:1080", username="ana", password=PASSWORD)

    assert (answer.status_code, answer.json()["proxy"]) == (200, SHOWN)
    assert (proxy(idle).username, proxy(idle).password) == ("ana", PASSWORD)
    assert proxy(idle).url == "socks5://ana:p%40ss%3Aw%2Ford%25@proxy.example.com:1080"
    row = Session.objects.get(pk=idle.pk)
    texts = [repr(proxy(idle)), repr(row), repr(vars(row)), str(session_payload(row)), answer.content.decode()]
    for text in [*texts, caplog.text]:
        assert PASSWORD not in text
        assert "p%40ss" not in text


@pytest.mark.parametrize("url", ["http://ana:p%40ss@[::1]:3128", "https://ana:p%40ss@10.0.0.1:8443/"])
def test_it_takes_the_credentials_out_of_the_url(api: APIClient, idle: Session, url: str) -> None:
    answer = put(api, idle, url=url)

    assert answer.json()["proxy"]["has_credentials"] is True
    assert (proxy(idle).username, proxy(idle).password) == ("ana", "p@ss")
    assert "ana" not in Session.objects.get(pk=idle.pk).proxy_address
    assert proxy(idle).url == url.rstrip("/")


def test_a_proxy_needs_no_credentials(api: APIClient, idle: Session) -> None:
    assert put(api, idle, url="http://10.0.0.1:3128").json()["proxy"]["has_credentials"] is False
    assert proxy(idle).url == "http://10.0.0.1:3128"


def test_it_is_shown_without_its_credentials(api: APIClient, strangers_api: APIClient, idle: Session) -> None:
    assert api.get(address(idle)).json() == {"proxy": None}
    put(api, idle, url="socks5://proxy.example.com:1080", username="ana", password=PASSWORD)

    assert api.get(address(idle)).json() == {"proxy": SHOWN}
    assert strangers_api.get(address(idle)).status_code == 404


def test_it_removes_the_proxy_with_its_credentials(api: APIClient, idle: Session) -> None:
    put(api, idle, url="http://ana:secret@10.0.0.1:3128")

    assert api.delete(address(idle)).json()["proxy"] is None
    idle.refresh_from_db()
    assert (idle.proxy_address, idle.proxy_credentials) == ("", "")


def test_a_session_under_way_restarts_for_a_new_proxy_only(api: APIClient, connected: Session) -> None:
    body = {"url": "http://ana:secret@10.0.0.1:3128"}
    steps = (
        lambda: put(api, connected, **body),
        lambda: put(api, connected, **body),
        lambda: put(api, connected, **body, username="bea", password="x"),
        lambda: api.delete(address(connected)),
        lambda: api.delete(address(connected)),
    )
    generations = []
    for step in steps:
        status = step().status_code
        connected.refresh_from_db()
        generations.append((status, connected.generation))

    assert generations == [(202, 2), (200, 2), (202, 3), (202, 4), (200, 4)]


def test_a_session_at_rest_is_not_started(api: APIClient, workspace: Workspace) -> None:
    session = factories.connected_session(workspace, state="LOGGED_OUT", jid="")

    assert put(api, session, url="http://10.0.0.1:3128").status_code == 200
    session.refresh_from_db()
    assert session.generation == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": "proxy.example.com:1080"}, "url"),
        ({"url": "ftp://proxy.example.com:21"}, "url"),
        ({"url": "socks4://proxy.example.com:1080"}, "url"),
        ({"url": "http://proxy.example.com"}, "url"),
        ({"url": "http://proxy.example.com:0"}, "url"),
        ({"url": "http://proxy.example.com:99999"}, "url"),
        ({"url": "http://:3128"}, "url"),
        ({"url": "http://[::1:3128"}, "url"),
        ({"url": "http://a b:3128"}, "url"),
        ({"url": "http://1.2.3:3128"}, "url"),
        ({"url": "http://10.0.0.1:3128/path"}, "url"),
        ({"url": "http://10.0.0.1:3128?x=1"}, "url"),
        ({"url": "http://10.0.0.1:3128", "username": "a:b"}, "username"),
        ({"url": "http://10.0.0.1:3128", "password": "x"}, "username"),
        ({"url": "http://10.0.0.1:3128", "username": "a", "password": "x" * 256}, "password"),
        ({"url": "http://10.0.0.1:3128", "username": "a", "password": "ñ" * 200}, "password"),
        ({"url": "http://10.0.0.1:3128", "username": "a\r\nHost: x"}, "username"),
        ({"url": "http://10.0.0.1:3128", "user": "a"}, "user"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_it_refuses_what_is_no_proxy(api: APIClient, idle: Session, body: dict[str, str], field: str) -> None:
    answer = put(api, idle, **body)

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_refusal_does_not_quote_the_password(api: APIClient, idle: Session) -> None:
    assert b"hunter2" not in put(api, idle, url="ftp://ana:hunter2@10.0.0.1:3128").content


def test_strangers_and_viewers_change_nothing(strangers_api: APIClient, workspace: Workspace, idle: Session) -> None:
    viewer = factories.client(factories.user("victor", workspace=workspace, role="viewer"))

    assert put(strangers_api, idle, url="http://10.0.0.1:3128").status_code == 404
    assert put(viewer, idle, url="http://10.0.0.1:3128").status_code == 403
    assert viewer.delete(address(idle)).status_code == 403


def test_credentials_copied_to_another_session_do_not_open(api: APIClient, idle: Session, connected: Session) -> None:
    from sessions_app.engine.errors import EngineError

    put(api, idle, url="http://ana:secret@10.0.0.1:3128")
    idle.refresh_from_db()
    connected.proxy_address, connected.proxy_credentials = idle.proxy_address, idle.proxy_credentials

    with pytest.raises(EngineError, match=r"proxy http://10\.0\.0\.1:3128 cannot be read"):
        proxy_of(connected)


def test_rotation_of_the_master_key_covers_them() -> None:
    assert "sessions_app.Session.proxy_credentials" in [str(field) for field in sealed_fields.sealed_fields()]
