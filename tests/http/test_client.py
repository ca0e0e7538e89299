"""What the client sends, keeps and gives up on."""

import time

import pytest

from whatsapp_api.core.http.client import GuardedClient, Limits
from whatsapp_api.core.http.faults import HttpFault

from .server import BOMB, WebServer, web_server

LIMITS = Limits(seconds=60, size=1 << 20)
SHORT = Limits(seconds=0.5)


def fault(client: GuardedClient, url: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(HttpFault) as caught:
        client.request("GET", url, limits=limits)
    return caught.value.code


def test_a_request_and_its_answer(client: GuardedClient, server: WebServer) -> None:
    answer = client.request("POST", f"{server.url}/hello?a=b", headers={"X-Sign": "abc"}, content=b"body")
    assert (answer.status, answer.body, answer.url) == (200, b"hello", f"{server.url}/hello?a=b")
    path, headers, _ = server.seen[0]
    assert (path, headers["X-Sign"], headers["Content-Length"]) == ("/hello?a=b", "abc", "4")
    assert "Cookie" not in headers


def test_a_connection_serves_several_requests_and_no_cookies_come_back(
    client: GuardedClient, server: WebServer
) -> None:
    for _ in range(3):
        client.request("GET", f"{server.url}/hello")
    assert len({address for _, _, address in server.seen}) == 1
    assert not any("Cookie" in headers for _, headers, _ in server.seen)


def test_redirects_are_followed_and_secrets_stay_with_the_server_they_are_for(
    client: GuardedClient, server: WebServer
) -> None:
    secret = {"Authorization": "Bearer x", "X-Api-Key": "y", "Accept": "image/*"}
    with web_server("127.0.0.2") as other:
        client.request("GET", f"{server.url}/redirect?to=/hello", headers=secret)
        client.request("GET", f"{server.url}/redirect?to={other.url}/hello", headers=secret)
        assert server.seen[1][1]["Authorization"] == "Bearer x"
        _, headers, _ = other.seen[0]
    assert headers["Accept"] == "image/*"
    assert not {"Authorization", "X-Api-Key"} & set(headers)


def test_a_circle_ends(client: GuardedClient, server: WebServer) -> None:
    assert fault(client, f"{server.url}/circle") == "url_too_many_redirects"
    assert len(server.seen) == LIMITS.redirects + 1


def test_a_post_is_not_sent_on(client: GuardedClient, server: WebServer) -> None:
    assert client.request("POST", f"{server.url}/redirect?to=/hello", content=b"x").status == 302
    assert len(server.seen) == 1


def test_a_body_within_the_limit(client: GuardedClient, server: WebServer) -> None:
    assert len(client.request("GET", f"{server.url}/sized?size=1048576", limits=LIMITS).body) == 1 << 20


@pytest.mark.parametrize("path", ["/sized?size=1048577", "/endless", "/bomb"])
def test_a_body_beyond_the_limit(client: GuardedClient, server: WebServer, path: str) -> None:
    assert fault(client, server.url + path) == "url_too_large"


def test_a_bomb_is_opened_a_little_at_a_time(client: GuardedClient, server: WebServer) -> None:
    with client.stream("GET", f"{server.url}/bomb", limits=Limits(seconds=60, size=100 << 20)) as answer:
        assert max(map(len, answer.chunks())) <= 65536 < len(BOMB) * 1000


@pytest.mark.parametrize("path", ["/drip", "/drip-head", "/silent"])
def test_a_server_without_end_has_only_so_much_time(client: GuardedClient, server: WebServer, path: str) -> None:
    began = time.monotonic()
    assert fault(client, server.url + path, SHORT) == "url_timeout"
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("path", ["/nonsense", "/brotli"])
def test_an_answer_that_makes_no_sense(client: GuardedClient, server: WebServer, path: str) -> None:
    assert fault(client, server.url + path) == "url_bad_answer"


def test_a_server_that_is_not_there(client: GuardedClient) -> None:
    assert fault(client, "http://127.0.0.2:1/") == "url_unreachable"
