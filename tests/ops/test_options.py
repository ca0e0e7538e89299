"""What the runner reads from the environment and tells its processes."""

import pytest

from whatsapp_api.core.paths import SOCKET_PATH_LIMIT, redis_socket
from whatsapp_api.ops.options import Options

NAMES = ("HOST", "PORT", "SANDBOX_PORT", "SANDBOX_URL", "DATABASE_URL", "REDIS_URL", "DJANGO_DEBUG")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_are_written_out():
    environment = Options.from_environment().environment("mark")
    assert environment["REDIS_URL"] == f"unix://{redis_socket()}"
    assert environment["SANDBOX_URL"] == "http://127.0.0.1:8765"
    assert (environment["HOST"], environment["PORT"]) == ("127.0.0.1", "8000")


@pytest.mark.parametrize(
    ("settings", "debug"),
    [
        ({}, "1"),
        ({"HOST": "localhost"}, "1"),
        ({"HOST": "::1"}, "1"),
        ({"HOST": "0.0.0.0"}, None),
        ({"HOST": "example.com"}, None),
        ({"DATABASE_URL": "mongodb://db/app"}, None),
        ({"DATABASE_URL_FILE": "/run/secrets/database"}, None),
        ({"DJANGO_DEBUG": "0"}, "0"),
    ],
)
def test_debug_pages_are_for_ones_own_machine_only(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], debug: str | None
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert Options.from_environment().environment("mark").get("DJANGO_DEBUG") == debug


def test_a_given_redis_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDIS_URL", "redis://cache:6379/1")
    options = Options.from_environment()
    assert not options.own_redis
    assert options.environment("mark")["REDIS_URL"] == "redis://cache:6379/1"


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80"])
def test_a_wrong_port_is_refused(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ValueError, match="PORT must be a port number"):
        Options.from_environment()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("10.0.0.7", "http://10.0.0.7:8000"),
    ],
)
def test_the_address_shown_is_one_a_browser_can_open(monkeypatch: pytest.MonkeyPatch, host: str, url: str):
    monkeypatch.setenv("HOST", host)
    assert Options.from_environment().url == url


@pytest.mark.parametrize("length", [1, 60, 90, 200])
def test_a_socket_path_is_never_too_long(monkeypatch: pytest.MonkeyPatch, length: int):
    monkeypatch.setenv("DATA_DIR", "/" + "d" * length)
    assert len(str(redis_socket())) < SOCKET_PATH_LIMIT
