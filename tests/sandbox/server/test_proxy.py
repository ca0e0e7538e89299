"""The port is a proxy for one host, and refuses every other."""

import socket
import ssl

import httpx
import pytest


@pytest.fixture
def connect(sandbox_process):
    sockets = []

    def open_socket() -> socket.socket:
        sockets.append(socket.create_connection(("127.0.0.1", sandbox_process.port), 60))
        return sockets[-1]

    yield open_socket
    for each in sockets:
        each.close()


@pytest.fixture
def trusting(sandbox_process) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=sandbox_process.client.trust()["ca_pem"])


def refused(sandbox_process, host: str) -> int:
    return sandbox_process.client.stats()["refused_hosts"].get(host, 0)


def test_it_refuses_and_counts_a_foreign_host(sandbox_process, connect):
    raw = connect()
    raw.sendall(b"CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\n\r\n")
    assert raw.recv(100).startswith(b"HTTP/1.1 403")
    assert refused(sandbox_process, "web.whatsapp.com:443") == 1


def test_it_refuses_a_foreign_host_by_socks(sandbox_process, connect):
    raw = connect()
    raw.sendall(b"\x05\x01\x00")
    assert raw.recv(2) == b"\x05\x00"
    raw.sendall(b"\x05\x01\x00\x03\x0bexample.com\x01\xbb")
    assert raw.recv(10)[1] == 2
    assert refused(sandbox_process, "example.com:443") == 1


def test_it_refuses_plain_http_for_others(sandbox_process):
    with httpx.Client(proxy=sandbox_process.url, trust_env=False) as client:
        assert client.get("http://example.com/").status_code == 403
    assert refused(sandbox_process, "example.com") == 1


def test_it_leads_to_the_media_server(sandbox_process, trusting):
    with httpx.Client(proxy=sandbox_process.url, verify=trusting, trust_env=False) as client:
        assert client.post("https://wasim000.invalid/mms/image/abc", content=b"data").status_code == 200
        assert client.get("https://wasim000.invalid/v/abc?ccb=1").content == b"data"
        assert client.get("https://wasim000.invalid/control/health").status_code == 404


@pytest.mark.parametrize("password", [False, True])
def test_it_leads_there_by_socks(connect, trusting, password):
    raw = connect()
    raw.sendall(b"\x05\x01\x02" if password else b"\x05\x02\x00\x02")
    assert raw.recv(2) == (b"\x05\x02" if password else b"\x05\x00")
    if password:
        raw.sendall(b"\x01\x01u\x02pw")
        assert raw.recv(2) == b"\x01\x00"
    raw.sendall(b"\x05\x01\x00\x03\x10wasim000.invalid\x01\xbb")
    assert raw.recv(10)[:2] == b"\x05\x00"
    with trusting.wrap_socket(raw, server_hostname="wasim000.invalid") as tunnel:
        tunnel.sendall(b"GET /v/none HTTP/1.1\r\nHost: wasim000.invalid\r\n\r\n")
        assert tunnel.recv(100).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("data", [b"\x05\x01\x09", b"\x05\x01\x00\x04\x01\x00\x01", b"\x00\xff garbage\r\n\r\n", b""])
def test_nonsense_ends_the_connection(sandbox_process, connect, data):
    raw = connect()
    raw.sendall(data)
    raw.shutdown(socket.SHUT_WR)
    while raw.recv(1000):
        continue
    assert sandbox_process.client.health()["status"] == "ok"
