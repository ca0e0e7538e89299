"""The quick part of `make production-check`: what the guide says can be run as it says it, and nothing is left out."""

import re
from pathlib import Path

import pytest

from sessions_app.sandbox.client import wait_until
from tests.production import guide
from tests.production.installation import LOST, SERVICES, UPGRADE
from tests.production.units import Systemd, read_environment
from whatsapp_api.core.paths import REPOSITORY

HEADINGS = (SERVICES, UPGRADE, LOST)
KNOWN = {
    "apt-get",
    "certbot",
    "cp",
    "envsubst",
    "export",
    "git",
    "install",
    "ln",
    "mkdir",
    "nginx",
    "python3",
    "set",
    "sudo",
}
KNOWN |= {"systemctl", "useradd", "cd", ".", ".venv/bin/pip", "sleep"}


def programs() -> set[str]:
    """What each command of the blocks that the script runs begins with."""
    text = "\n".join(block for heading in HEADINGS for block in guide.blocks(heading)[:3])
    text = re.sub(r"\\\n\s*", "", re.sub(r"\s#.*", "", text))
    text = re.sub(r"'[^']*'", "''", text)
    commands = (command.split() for command in re.split(r"\n|&&|;", text))
    return {words[0] for words in commands if words}


def test_every_command_is_one_that_the_script_knows() -> None:
    assert programs() == KNOWN


def test_what_is_not_the_servers_own_is_led_below_its_root(tmp_path: Path) -> None:
    for heading in HEADINGS:
        for block in guide.blocks(heading):
            text = guide.replaced(block, tmp_path, {}).replace(str(tmp_path), "")
            assert not re.search(r"(?<![\w.}/-])/(usr|root|home|tmp)/", text), text
            assert str(tmp_path / "etc") in guide.replaced(block, tmp_path, {}) or "/etc/" not in block


def test_a_command_that_fails_stops_the_block(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def systemctl(words: list[str]) -> str:
        asked.append(words)
        return "no such unit" if words[-1] == "missing" else ""

    environment = {"PATH": "/usr/bin:/bin", "NGINX": "nginx"}
    block = "systemctl start there\nsystemctl start missing\nsystemctl start never\n"
    with pytest.raises(guide.GuideFailed, match="no such unit"):
        guide.run(block, tmp_path, {}, systemctl, environment)
    assert asked == [["start", "there"], ["start", "missing"]]


def test_units_start_again_and_stop(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "systemd" / "system"
    folder.mkdir(parents=True)
    command = f"ExecStart=/bin/sh -c 'echo %i >> {tmp_path}/said; exec sleep 60'"
    (folder / "one@.service").write_text(f"[Service]\n{command}\nRestartSec=0.01\nTimeoutStopSec=5\n")
    (folder / "all.target").write_text("[Unit]\nWants=one@1.service\n")
    systemd = Systemd(tmp_path, "a", {"PATH": "/usr/bin:/bin"})
    systemd(["enable", "--now", "all.target"])
    first = systemd.units["one@1"].pid
    said = tmp_path / "said"
    wait_until(lambda: said.exists() and said.read_text() == "a1\n", what="the first one speaks")
    systemd(["try-restart", "one@*"])
    assert systemd.units["one@1"].pid != first
    assert systemd(["try-restart", "one@2"]) == ""
    wait_until(lambda: said.read_text() == "a1\na1\n", what="the second one speaks")
    systemd.stop_all()


def test_the_example_is_read_by_shell_and_systemd_alike(tmp_path: Path) -> None:
    path = tmp_path / "env"
    text = (REPOSITORY / "deploy" / "env.example").read_text()
    path.write_text(re.sub(r"^#([A-Z_]+=)", r"\1", text, flags=re.MULTILINE))
    known = read_environment(path)
    said = guide.run(f"set -a; . {path}; set +a; env\n", tmp_path, {}, lambda _: "", {"PATH": "/usr/bin:/bin"})
    assert known["DATABASE_URL"].startswith("mongodb://app:PASSWORD@")
    for name, value in known.items():
        assert f"{name}={value}\n" in said
