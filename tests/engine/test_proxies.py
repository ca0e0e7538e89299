"""A session goes through its own proxy, and says so when that fails: real neonize, a real proxy, the sandbox."""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from sessions_app.engine.base import MessageReceived, QrCode, StartOptions
from sessions_app.engine.states import Reason, State
from sessions_app.engine.whatsapp.proxy import proxy_name, scrub
from sessions_app.sandbox.client import SandboxClient
from sessions_app.sandbox.server.storage import Storage
from sessions_app.sandbox.server.trust import HOST, Trust
from tests.engine.conftest import SandboxProcess
from tests.engine.hosts import running_host
from tests.proxy import PASSWORD, LocalProxy

SCHEMES = ["http", "https", "socks5"]


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """A sandbox, and a TLS context for `localhost` that its clients trust."""
    state = tmp_path_factory.mktemp("sandbox")
    process = SandboxProcess("--state", str(state))
    yield process.url, Trust.load(Storage(state)).authority.server_context(("localhost",))
    process.stop()


@pytest.fixture
def proxy(trusted: tuple[str, ssl.SSLContext]):
    with ExitStack() as stack:
        url, context = trusted

        def start(scheme: str) -> LocalProxy:
            tls = context if scheme == "https" else None
            return stack.enter_context(LocalProxy(url, scheme=scheme, tls=tls))

        yield start


@pytest.fixture
def client(trusted):
    with SandboxClient(trusted[0]) as client:
        yield client


@pytest.fixture
def report(client):
    with running_host("sandbox", SANDBOX_URL=client.url) as report:
        yield report


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_of_its_traffic_goes_through_the_proxy(
    proxy: Callable[[str], LocalProxy], client, report, tmp_path, scheme
):
    way, phone, friend = proxy(scheme), client.create_phone(), client.create_phone()
    before = client.stats()["connections"]
    report.host.session_start("one", StartOptions(store=str(tmp_path / "one"), proxy=way.url())).result(60)
    report.wait(lambda: report.of(QrCode))
    phone.scan(report.of(QrCode)[0].payload)
    report.wait_for_state(State.CONNECTED)
    friend.send(phone.number, "through it?")
    report.wait(lambda: report.of(MessageReceived))

    assert set(way.tunnels) == {urlsplit(client.url).netloc if scheme == "socks5" else f"{HOST}:443"}
    assert client.stats()["connections"] - before == len(way.tunnels)
    assert way.refused == 0
    way.go_away()
    report.wait_for_state(State.RECONNECTING)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_wrong_credentials_are_told_without_them(
    proxy: Callable[[str], LocalProxy], client, report, tmp_path, scheme, capfd
):
    way, before = proxy(scheme), client.stats()["connections"]
    options = StartOptions(store=str(tmp_path / "one"), proxy=way.url(password="hunter2"))
    report.host.session_start("one", options).result(60)
    state = report.wait_for_state(State.RECONNECTING)

    assert state.reason is Reason.PROXY_FAILED
    assert f"through the proxy {way.address}: " in state.text
    assert way.refused
    assert client.stats()["connections"] == before
    for text in (repr(options), repr(report.events), *capfd.readouterr(), *told(report)):
        assert "hunter2" not in text


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_proxy_that_is_away_is_named(proxy: Callable[[str], LocalProxy], report, tmp_path, scheme):
    way = proxy(scheme)
    way.go_away()
    report.host.session_start("one", StartOptions(store=str(tmp_path / "one"), proxy=way.url())).result(60)
    state = report.wait_for_state(State.RECONNECTING)

    assert (state.reason, state.text.partition(": ")[0].rpartition(" ")[2]) == (Reason.PROXY_FAILED, way.address)
    assert PASSWORD not in repr(report.events)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", ""),
        ("socks5://10.0.0.1:1080", "socks5://10.0.0.1:1080"),
        ("http://ana:p%40ss@[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_a_proxy_is_named_without_credentials(url, name):
    assert proxy_name(url) == name


@pytest.mark.parametrize("text", ["bad http://ana:p%40ss@h:1", "bad ana:p%40ss", "bad p@ss", "bad p%40ss"])
def test_a_text_of_the_library_loses_the_credentials(text):
    scrubbed = scrub(text, "http://ana:p%40ss@h:1")
    assert "***" in scrubbed
    assert "ss@" not in scrubbed
    assert "@ss" not in scrubbed


def told(report) -> list[str]:
    """What the host said on its standard error."""
    report.host.kill()
    return report.wait_for_exit().stderr
