"""Pytest plugin: the servers that the suite runs on, started before Django reads its settings.

It is loaded with `-p` (see pyproject.toml), because pytest-django imports the settings before any conftest.py.
With `-n` (pytest-xdist) the tests run in several processes, each with servers of its own.
"""

import atexit
import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from whatsapp_api.ops import mongod, redis_server

SPARE_PROCESSES = 2
"""More than there are cores: tests also wait, for processes to start and for clocks to run out. With two the cores
are idle for a tenth of the time, with one for a quarter."""

_servers = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "mongodb"],
        default="sqlite",
        help="the database that the tests run on; mongodb starts a real mongod",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        _start(options.database, hands_out=bool(options.numprocesses) and "PYTEST_XDIST_WORKER" not in os.environ)
    return (yield)


@pytest.hookimpl(tryfirst=True)  # before the plugin's own
def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` means."""
    return min(8, SPARE_PROCESSES + (os.cpu_count() or 1))


def pytest_unconfigure() -> None:
    _servers.close()


def _start(database: str, *, hands_out: bool) -> None:
    """A folder, a Redis and a database for this process alone; one that only hands out tests needs no servers."""
    # Also when pytest gives up before it is configured.
    atexit.register(_servers.close)
    folder = _servers.enter_context(tempfile.TemporaryDirectory(prefix="wa-test-", ignore_cleanup_errors=True))
    os.environ["DATA_DIR"] = str(Path(folder).resolve())
    os.environ["SESSIONS_DIR"] = str(Path(folder).resolve() / "sessions")  # else it would be left in /dev/shm
    if hands_out:
        return
    os.environ["REDIS_URL"] = _servers.enter_context(redis_server.temporary_server())
    os.environ.pop("DATABASE_URL", None)
    if database == "mongodb":
        os.environ["DATABASE_URL"] = _servers.enter_context(mongod.replica_set())
