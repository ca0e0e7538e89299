"""Web pages that a browser was lured to cannot drive the sandbox."""

import httpx
import pytest


def ask(sandbox_process, **headers: str) -> httpx.Response:
    return httpx.get(f"{sandbox_process.url}/control/health", headers=headers, trust_env=False)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "wasim000.invalid", "["])
def test_a_foreign_host_name_is_refused(sandbox_process, host):
    answer = ask(sandbox_process, host=host)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_refused")


@pytest.mark.parametrize("host", ["127.0.0.1:5", "localhost", "[::1]:99"])
def test_a_loopback_name_is_fine(sandbox_process, host):
    assert ask(sandbox_process, host=host).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_foreign_origin_is_refused(sandbox_process, origin):
    assert ask(sandbox_process, origin=origin).json()["error"]["code"] == "origin_refused"


def test_a_page_of_this_machine_is_fine(sandbox_process):
    assert ask(sandbox_process, origin="http://127.0.0.1:8000").status_code == 200
