"""`make loadtest --url`: some seconds of mixed traffic on a platform that runs already."""

import json
from pathlib import Path

from tests.e2e.platform import Platform
from tests.load import __main__ as loadtest
from tests.load.options import parse


def test_mixed_traffic_arrives_and_is_measured(platform: Platform, tmp_path: Path, monkeypatch) -> None:
    username, password = platform.admin
    monkeypatch.setenv("LOADTEST_PASSWORD", password)
    load = "--sessions 1 --seconds 3 --sends 4 --inbound 4 --reads 2 --media 0.2 --sockets 1 --webhooks 1 --every 1"
    words = f"{load} --out {tmp_path}"
    target = (
        f"--url {platform.url} --sandbox-url {platform.sandbox_url} --username {username} --receiver-host 127.0.0.2"
    )
    assert loadtest.run(parse(f"{words} {target}".split())) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["errors"] == {}
    assert report["missing"] == {"out": 0, "in": 0}
    assert report["counts"]["sends"] >= 12
    assert {"accepted", "sent", "received", "read", "webhook"} <= set(report["latencies_ms"])
    assert any(sample.get("hosts RSS", 0) > 1 for sample in report["samples"])
    assert report["samples"][0]["t"] >= 0.5
