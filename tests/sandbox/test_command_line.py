"""The sandbox as a program."""

import json
import subprocess
import sys

from tests.sandbox.sandbox_process import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sessions_app.sandbox", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


def test_it_listens_on_loopback_only():
    refused = run("--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "loopback only" in refused.stderr


def test_it_writes_where_it_listens(own_sandbox, tmp_path):
    process = own_sandbox("--ready-file", tmp_path / "ready.json")
    assert json.loads((tmp_path / "ready.json").read_text())["url"] == process.url


def test_several_run_at_once(own_sandbox):
    first, second = own_sandbox(), own_sandbox()
    assert first.url != second.url
    assert first.client.trust()["noise_root"] != second.client.trust()["noise_root"]


def test_neither_django_nor_the_native_library_is_loaded():
    code = (
        "import sys, sessions_app.sandbox.app\n"
        "maps = open('/proc/self/maps').read()\n"
        "assert 'django' not in sys.modules and 'neonize-' not in maps"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=90)
