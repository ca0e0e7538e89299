"""The platform behind a real nginx with TLS, as deploy/ and docs/deployment.md have it."""

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions_app.sandbox.client import SandboxClient
from tests.deploy.collector import Collector, collector
from tests.deploy.proxy import Proxy, command, configure, running
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.raw_http import AMBIGUOUS, SMUGGLED, statuses

TOKEN = "metrics-token-of-a-test"
SLOW = b"GET /api/health/live HTTP/1.1\r\nX-Slow: "
SLOW_WITHIN = 50.0  # 10 by the configuration; nginx's own are 60, and uvicorn has none


@pytest.fixture(scope="module")
def traces() -> Iterator[Collector]:
    with collector() as started:
        yield started


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, traces: Collector) -> Iterator[Platform]:
    settings: dict[str, Any] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "BEHIND_TLS": "1",
        "DJANGO_DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "IP_ALLOWLIST": "127.0.0.1,127.0.0.5,127.0.0.9",
        "METRICS_TOKEN": TOKEN,
    }
    with Platform(tmp_path_factory.mktemp("tls"), **settings) as started:
        yield started


@pytest.fixture(scope="module")
def proxy(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running(configure(tmp_path_factory.mktemp("nginx"), platform.port)) as started:
        yield started


def client(proxy: Proxy, address: str = "127.0.0.1") -> httpx.Client:
    trusted = ssl.create_default_context(cafile=proxy.authority)
    transport = httpx.HTTPTransport(verify=trusted, local_address=address)
    return httpx.Client(base_url=proxy.https, transport=transport, timeout=30)


@pytest.fixture(scope="module")
def api(platform: Platform, proxy: Proxy) -> Api:
    """A program that speaks https only."""
    found = Api.__new__(Api)
    found.platform, found.http = platform, client(proxy, "127.0.0.5")
    found.trust = ssl.create_default_context(cafile=proxy.authority)
    username, password = platform.admin
    answer = found.http.post("/api/v1/auth/token", json={"username": username, "password": password})
    found.token = answer.raise_for_status().json()["access"]
    found.http.base_url = httpx.URL(f"{proxy.https}/api/v1")
    found.http.headers["Authorization"] = f"Bearer {found.token}"
    return found


def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    answer = subprocess.run(command(configure(tmp_path, 8000), "-t"), capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr + (tmp_path / "error.log").read_text()


def test_everything_is_led_to_https(proxy: Proxy) -> None:
    answer = httpx.get(f"{proxy.http}/api/docs/?a=1", timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (301, "https://127.0.0.1/api/docs/?a=1")
    login = client(proxy).get("/admin/login/")
    assert login.status_code == 200
    assert "max-age" in login.headers["strict-transport-security"]
    assert all("Secure" in cookie for cookie in login.headers.get_list("set-cookie"))


def test_a_message_goes_out_and_comes_in_over_https_and_wss(api: Api) -> None:
    sandbox = SandboxClient(api.platform.sandbox_url)
    session, friend = (
        api.session_link("Behind TLS", sandbox.create_phone(name="Behind TLS")),
        sandbox.create_phone(name="Friend"),
    )
    with api.listen(session) as listener:
        sent = api.post(f"/sessions/{session}/messages", {"to": f"+{friend.number}", "text": "over TLS"}, wait=20)
        assert sent["state"] in {"sent", "delivered"}
        friend.wait_message(text="over TLS")
        api.post(f"/sessions/{session}/simulated-message", {"text": "and back"})
        listener.wait_for("message.ack", lambda payload: payload["id"] == sent["id"])
        listener.wait_for("message", lambda payload: payload["text"] == "and back")
        assert listener.connections == 1  # it would come back by itself


def test_one_trace_follows_a_message_from_the_request_to_the_receipt(api: Api, traces: Collector) -> None:
    sandbox = SandboxClient(api.platform.sandbox_url)
    session = api.session_link("Traced", sandbox.create_phone(name="Traced"))
    friend = sandbox.create_phone(name="Friend", auto_receipt="delivered")
    trace, caller = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    headers = {"traceparent": f"00-{trace}-{caller}-01"}
    body = {"to": f"+{friend.number}", "text": "not in the trace"}
    api.http.post(f"/sessions/{session}/messages", json=body, headers=headers).raise_for_status()
    request = "POST api/v1/sessions/<uuid:session_id>/messages"
    host = "host send, until WhatsApp's ack"
    names = {request, "outbox", "owner send", host, "receipt delivered"}
    eventually(lambda: names <= set(traces.trace(trace)), f"all of {names}")
    spans = traces.trace(trace)
    assert spans[request].parent == caller
    assert {spans[name].parent for name in ("outbox", "owner send", "receipt delivered")} == {spans[request].id}
    assert spans[host].parent == spans["owner send"].id
    assert 0 < spans[host].seconds <= spans["owner send"].seconds
    assert (spans[request].process, spans[host].process) == ("web", "sessions-1")
    assert "not in the trace" not in str(spans)


def test_an_event_stream_is_not_held_back(api: Api) -> None:
    with api.http.stream("GET", "/events/stream", headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status_code == 200
        assert next(answer.iter_lines()).startswith("event: ready")


def test_the_true_address_arrives_and_a_claimed_one_does_not(api: Api, proxy: Proxy) -> None:
    claimed = {"X-Forwarded-For": "127.0.0.5", "X-Real-Ip": "127.0.0.5", "Forwarded": "for=127.0.0.5"}
    with client(proxy, "127.0.0.6") as stranger:
        refused = stranger.get("/api/health", headers=claimed)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "address_not_allowed")
    assert api.http.get("/sessions", headers={"X-Forwarded-For": "127.0.0.6"}).status_code == 200


def test_long_bodies_are_for_files_only(api: Api) -> None:
    refused = api.http.post("/sessions", content=b'{"name": "' + b"x" * 2_000_000 + b'"}')
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "body_too_large")
    upload = api.http.post("/media", files={"file": ("long.txt", b"line\n" * 600_000, "text/plain")})
    assert upload.status_code == 201, upload.text


def test_metrics_are_for_the_private_network(api: Api, proxy: Proxy) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert client(proxy).get("/metrics", headers=headers).status_code == 404
    # Not at once on a machine so busy that what is asked answers late: of that both tell the truth.
    metrics, ready = f"{api.platform.url}/metrics", f"{api.platform.url}/api/health/ready"
    eventually(lambda: "wa_sessions" in httpx.get(metrics, headers=headers, timeout=30).text, "figures of sessions")
    eventually(lambda: httpx.get(ready, timeout=30).status_code == 200, "the platform is ready")


def test_every_line_is_json_and_a_request_is_found_in_both_logs(api: Api, proxy: Proxy) -> None:
    api.http.get("/sessions?page_size=1&ticket=secret", headers={"X-Request-Id": "found-again"})
    eventually(lambda: "found-again" in proxy.access_log(), "nginx logs the request")
    assert "secret" not in proxy.access_log()
    assert "secret" not in api.platform.logs("web"), "the web server's own access log has query strings"
    seen: dict[str, int] = {}
    for name in ("web", "sessions", "worker", "beat"):
        for line in api.platform.logs(name).splitlines():
            text = line.partition("{")[2]
            if text and json.loads("{" + text)["level"]:
                seen[name] = seen.get(name, 0) + 1
            else:
                assert "runner" in line or not line.strip(), line
    assert {"sessions"} <= set(seen)


def test_too_much_from_one_address_is_refused_in_our_form(proxy: Proxy) -> None:
    with client(proxy, "127.0.0.9") as http:
        answers = [http.post("/api/v1/auth/token", json={}) for _ in range(40)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["error"]["code"] == "rate_limited"
    assert refused.headers["retry-after"]


def test_slow_headers_end_in_time_and_others_are_served_meanwhile(proxy: Proxy, platform: Platform) -> None:
    """Ten seconds, whatever drips in: at nginx in clear, before and inside TLS, and at the web process itself."""
    began = time.monotonic()
    held = [*dripping(proxy.http, 20), *dripping(platform.url, 20)]
    held += [secured(proxy, each) for each in dripping(proxy.https, 20, first=b"")]
    silent = dripping(proxy.https, 1, first=b"")  # does not even begin with TLS
    others, waiting = 0, held + silent
    with client(proxy) as http:
        while waiting := [each for each in waiting if not ended(each, drip=each not in silent)]:
            assert time.monotonic() - began < SLOW_WITHIN, f"{len(waiting)} are still open"
            assert http.get("/api/health/live").status_code == 200
            others += 1
            time.sleep(0.2)
    assert time.monotonic() - began > 5  # it was their slowness
    assert others
    for each in held + silent:
        each.close()


def dripping(url: str, count: int, first: bytes = SLOW) -> list[socket.socket]:
    address = httpx.URL(url)
    connections = [socket.create_connection((address.host, address.port or 0), timeout=30) for _ in range(count)]
    for each in connections:
        each.sendall(first)
    return connections


def secured(proxy: Proxy, connection: socket.socket) -> socket.socket:
    trusted = ssl.create_default_context(cafile=proxy.authority)
    inside = trusted.wrap_socket(connection, server_hostname=httpx.URL(proxy.https).host)
    inside.sendall(SLOW)
    return inside


def ended(connection: socket.socket, *, drip: bool) -> bool:
    """Whether the other side has had enough; else it gets one byte more of a header."""
    connection.settimeout(0.001)
    try:
        if drip:
            connection.sendall(b"x")
        return connection.recv(1000)[:12] in {b"", b"HTTP/1.1 408"}
    except (TimeoutError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_nothing_is_smuggled_past_nginx(proxy: Proxy, name: str) -> None:
    """Refused by nginx or by the platform behind it, and the second request is never answered."""
    address = httpx.URL(proxy.https)
    trusted = ssl.create_default_context(cafile=proxy.authority)
    with (
        socket.create_connection((address.host, address.port or 443), timeout=30) as plain,
        trusted.wrap_socket(plain, server_hostname=address.host) as connection,
    ):
        found = statuses(connection, AMBIGUOUS[name] + SMUGGLED, seconds=60)
    assert 200 not in found
    assert found
    assert found[0] in {400, 501}
