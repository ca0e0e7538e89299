"""Requests that would lead inside are refused, whatever way they take."""

import pytest

from whatsapp_api.core.http import network
from whatsapp_api.core.http.addresses import AddressPolicy
from whatsapp_api.core.http.client import GuardedClient, Limits
from whatsapp_api.core.http.faults import HttpFault, UrlRefused

from .server import WebServer, web_server


def code(client: GuardedClient, url: str) -> str:
    """The code that a request is refused with."""
    with pytest.raises(HttpFault) as caught:
        client.request("GET", url, limits=Limits(seconds=60))
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "file:///etc/passwd",
        "gopher://x",
        "//example.com",
        "example.com",
        "",
        "http://",
        "http:///x",
        "http://user:pw@example.com/",
        "http://[::1",
        "http://exa mple.com/",
        "http://example.com:99999/",
        "x" * 3000,
    ],
)
def test_what_is_no_web_address(client: GuardedClient, url: str) -> None:
    assert code(client, url) == "url_invalid"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "169.254.169.254",
    ],
)
def test_addresses_of_this_machine_in_every_spelling(client: GuardedClient, host: str) -> None:
    with web_server("127.0.0.1") as inside:
        assert code(client, f"http://{host}:{inside.server_port}/hello") == "url_forbidden"
        assert inside.seen == []


def test_a_name_that_resolves_to_a_private_address(server: WebServer) -> None:
    client = GuardedClient(AddressPolicy(), resolver=lambda host, port: ["10.0.0.1", "127.0.0.2"])
    assert code(client, f"http://files.example:{server.server_port}/hello") == "url_forbidden"
    assert server.seen == []


def test_a_name_that_changes_its_mind(server: WebServer) -> None:
    """DNS rebinding: allowed when it is checked, forbidden afterwards. It is looked up once, and that one counts."""
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    client = GuardedClient(AddressPolicy.parse(["127.0.0.2"]), resolver=lambda host, port: next(answers))
    with web_server("127.0.0.1") as inside:
        assert client.request("GET", f"http://files.example:{server.server_port}/hello").body == b"hello"
        assert code(client, f"http://files.example:{inside.server_port}/hello") == "url_forbidden"
        assert inside.seen == []


def test_of_several_addresses_only_allowed_ones_are_tried(server: WebServer) -> None:
    client = GuardedClient(
        AddressPolicy.parse(["127.0.0.2"]), resolver=lambda host, port: ["127.0.0.1", "10.0.0.1", "127.0.0.2"]
    )
    assert client.request("GET", f"http://files.example:{server.server_port}/hello").body == b"hello"


def test_a_redirect_inside(client: GuardedClient, server: WebServer) -> None:
    with web_server("127.0.0.1") as inside:
        assert code(client, f"{server.url}/redirect?to={inside.url}/hello") == "url_forbidden"
        assert code(client, f"{server.url}/redirect?to=http://localhost:{inside.server_port}/hello") == "url_forbidden"
        assert code(client, f"{server.url}/redirect?to=file:///etc/passwd") == "url_invalid"
        assert inside.seen == []


def test_an_unknown_name(client: GuardedClient) -> None:
    assert code(client, "http://nothing.invalid/") == "url_unresolvable"


def test_a_name_server_that_does_not_answer(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "CONNECT_WITHIN", 0.2)

    def hang(host: str, port: int) -> list[str]:
        server.over.wait(200)
        return ["127.0.0.2"]

    client = GuardedClient(AddressPolicy(), resolver=hang)
    with pytest.raises(HttpFault) as caught:
        client.request("GET", "http://slow.example/", limits=Limits(seconds=60))
    assert caught.value.code == "url_unresolvable"


def test_refusals_are_final_and_faults_are_not(client: GuardedClient) -> None:
    with pytest.raises(UrlRefused) as refused:
        client.request("GET", "http://127.0.0.1/")
    with pytest.raises(HttpFault) as fault:
        client.request("GET", "http://127.0.0.2:1/")
    assert (refused.value.permanent, fault.value.permanent) == (True, False)
    assert fault.value.code == "url_unreachable"
