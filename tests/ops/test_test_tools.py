"""What `make test` says and does about MongoDB's server and the browser."""

import os
import shutil
from collections.abc import Callable

import pytest

from whatsapp_api.ops import test_tools as tools


def answer(ran: list[list[str]], result: Callable[[], bool]) -> Callable[[list[str]], bool]:
    def quietly(command: list[str]) -> bool:
        ran.append(command)
        return result()

    return quietly


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run; by default all succeed, and nothing changes by them."""
    ran: list[list[str]] = []
    monkeypatch.setattr(tools, "_quietly", answer(ran, lambda: True))
    monkeypatch.setattr(tools, "_mongod_complaint", lambda: "")
    monkeypatch.setattr(tools.nginx, "find_nginx", lambda: "/usr/sbin/nginx")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return ran


def test_it_installs_nothing_when_all_is_there(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]):
    monkeypatch.setattr(tools, "find_chromium", lambda: "/usr/bin/chromium")
    assert tools.main() == 0
    assert commands == []


def test_root_gets_the_systems_chromium(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]):
    monkeypatch.setattr(tools, "find_chromium", lambda: "/usr/bin/chromium" if commands else None)
    assert tools.main() == 0
    assert [command[0] for command in commands] == ["apt-get"]
    assert commands[0][-1] == "chromium"


def test_package_lists_are_fetched_when_the_package_is_not_found(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
):
    monkeypatch.setattr(tools, "find_chromium", lambda: "/usr/bin/chromium" if len(commands) == 3 else None)
    monkeypatch.setattr(tools, "_quietly", answer(commands, lambda: len(commands) > 1))
    assert tools.main() == 0
    assert "update" in commands[1]


def test_a_user_without_rights_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(tools, "find_chromium", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert tools.main() == 1
    assert "need Chromium or Google Chrome: install it, or set CHROMIUM" in capsys.readouterr().err
    assert commands == []


def test_a_mongod_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(tools, "_mongod_complaint", lambda: "no libcurl.so.4")
    assert tools.main() == 1
    said = capsys.readouterr().err
    assert "(no libcurl.so.4)" in said
    assert "set MONGOD to its path" in said


def test_nginx_is_unpacked_where_there_is_none(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]):
    unpacked: list[bool] = []

    def unpack() -> bool:
        unpacked.append(True)
        return True

    monkeypatch.setattr(tools, "find_chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(tools.nginx, "find_nginx", lambda: "/somewhere/nginx" if unpacked else None)
    monkeypatch.setattr(tools.nginx, "unpack", unpack)
    assert tools.main() == 0
    assert (unpacked, commands) == ([True], [])


def test_a_missing_nginx_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(tools, "find_chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(tools.nginx, "find_nginx", lambda: None)
    monkeypatch.setattr(tools.nginx, "unpack", lambda: False)
    assert tools.main() == 1
    assert "set NGINX to its path" in capsys.readouterr().err
