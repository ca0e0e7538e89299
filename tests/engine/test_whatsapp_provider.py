"""The provider for the real network has nothing of the sandbox about it. No session is started here."""

import subprocess
import sys
from pathlib import Path

import pytest

from sessions_app.engine import registry
from sessions_app.engine.errors import EngineError
from tests.engine.hosts import running_host

ROOT = Path(__file__).parents[2]
NOISE_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
CONSTANTS = {NOISE_ROOT: 1, b"/etc/ssl/certs/ca-certificates.crt": 1, b"web.whatsapp.com": 3}


def library_memory(pid):
    """The native library as it is in another process's memory."""
    data = b""
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            parts = line.split(None, 5)
            if len(parts) == 6 and "/neonize-" in parts[5] and parts[1].startswith("r"):
                low, high = (int(number, 16) for number in parts[0].split("-"))
                memory.seek(low)
                data += memory.read(high - low)
    return data


def environment(pid):
    lines = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(line.decode().split("=", 1) for line in lines if line)


@pytest.fixture(scope="module")
def whatsapp():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        patch.setenv("SANDBOX_URL", "http://127.0.0.1:9")
        patch.setenv("SECRET_KEY", "hunter2")
        with running_host("whatsapp") as report:
            yield report.host


def test_its_trust_is_as_the_library_was_built(whatsapp):
    memory = library_memory(whatsapp.pid)
    assert {constant: memory.count(constant) for constant in CONSTANTS} == CONSTANTS


def test_the_sandboxes_is_not(host):
    memory = library_memory(host.host.pid)
    assert [memory.count(constant) for constant in CONSTANTS] == [0, 0, 0]
    assert memory.count(b".invalid") >= 3


def test_its_environment_has_no_proxy_no_sandbox_and_no_secret(whatsapp):
    names = environment(whatsapp.pid).keys()
    assert not names & {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SANDBOX_URL", "SECRET_KEY"}
    assert environment(whatsapp.pid)["NEONIZE_BOT_TAG"] == "off"


def test_the_sandbox_goes_through_its_proxy_only(host, sandbox):
    assert environment(host.host.pid)["HTTPS_PROXY"] == sandbox.trust()["proxy"]


def test_the_registry_offers_both_without_loading_an_engine():
    assert [provider.name for provider in registry.providers()][:2] == ["whatsapp", "sandbox"]
    assert registry.get("whatsapp").capabilities == registry.get("sandbox").capabilities
    assert registry.get("whatsapp").engine == registry.get("sandbox").engine
    assert "sandbox" not in registry.get("whatsapp").prepare


def test_the_platform_can_read_the_registry_without_neonize():
    script = """
import sys
from sessions_app.engine import client, registry, spool
print([name for name in sys.modules if name.split(".")[0] in ("neonize", "google", "django", "celery", "httpx")])
"""
    assert run_in_fresh_python(script) == "[]\n"


@pytest.mark.parametrize(
    "url",
    ["", "http://example.com:8000", "https://127.0.0.1:1", "http://10.0.0.1:1", "file:///etc/passwd", "127.0.0.1"],
)
def test_a_sandbox_is_on_this_machine_or_it_is_none(url):
    with pytest.raises(EngineError) as caught:
        registry.get("sandbox").launch({"SANDBOX_URL": url})
    assert caught.value.code == "sandbox_missing"


def run_in_fresh_python(script):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True).stdout


def test_inside_a_host_nothing_can_fetch_a_url():
    """neonize would fetch link previews, media by URL, even its own native library, with no guard at all."""
    script = """
from sessions_app.engine.whatsapp import no_http
no_http.prepare({})
from sessions_app.engine.whatsapp import library
import sys
from neonize.client import link_preview
from neonize.utils.iofile import get_bytes_from_name_or_url
refused = 0
for fetch in (link_preview, get_bytes_from_name_or_url):
    try:
        fetch("http://127.0.0.1:9/x")
    except no_http.HttpBlocked:
        refused += 1
print(refused, [name for name in sys.modules if name in ("httpcore", "urllib3", "bs4")])
"""
    assert run_in_fresh_python(script) == "2 []\n"


def test_the_patch_refuses_a_library_it_does_not_know():
    script = """
import os
os.environ["HTTPS_PROXY"] = "http://127.0.0.1:9"
from sessions_app.engine.sandbox import patch
patch.WA_NOISE_ROOT = bytes(32)
try:
    patch.prepare({"noise_root": "11" * 32, "ca_pem": "", "host": "wasim000.invalid"})
except patch.PatchFailed as error:
    print(error)
"""
    assert "another version of the library" in run_in_fresh_python(script)


@pytest.mark.parametrize("host", ["web.whatsapp.com", "wasim000.example"])
def test_the_patch_refuses_a_host_that_could_exist(host, monkeypatch):
    from sessions_app.engine.sandbox import patch

    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(patch.PatchFailed, match="cannot exist"):
        patch.prepare({"noise_root": "11" * 32, "ca_pem": "", "host": host})


def test_the_patch_refuses_to_work_without_a_proxy(monkeypatch):
    from sessions_app.engine.sandbox import patch

    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    with pytest.raises(patch.PatchFailed, match="proxy"):
        patch.prepare({"noise_root": "11" * 32, "ca_pem": "", "host": "wasim000.invalid"})
