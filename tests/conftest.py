"""What every test can use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, settings

from tests.flushing import quick_flush
from tests.payload_checks import payloads_checked  # noqa: F401 (a fixture for all)

# A test that asks for no database runs no query, since pytest-django forbids it: once, on SQLite, is enough. Those in
# these folders use one all the same, in processes of their own.
WITH_PROCESSES = ("backup", "e2e", "mongo")
# The whole product, but what they show is an engine's, a browser's or a process's doing; the queries behind it are
# tested on both databases by tests of their own.
ON_ONE_DATABASE = (
    "e2e/kinds/",
    "e2e/pages/",
    "e2e/test_broadcast_wizard.py",
    "e2e/test_busy_hands.py",
    "e2e/test_chats_page.py",
    "e2e/test_dashboard.py",
    "e2e/test_early_clicks.py",
    "e2e/test_groups.py",
    "e2e/test_health.py",
    "e2e/test_loadtest.py",
    "e2e/test_hostile_texts.py",
    "e2e/test_media.py",
    "e2e/test_media_memory.py",
    "e2e/test_metrics.py",
    "e2e/test_pairing_code.py",
    "e2e/test_raw_requests.py",
    "e2e/test_session_settings.py",
    "e2e/test_webhook_pages.py",
    "webhooks/test_sinks.py",
    "worker/test_hosts.py",
    "worker/test_inbound_window.py",
    "worker/test_liveness.py",
    "worker/test_proxy.py",
)
# By itself an example that takes 200 ms fails, as does one that is slow to make up: any does when it is held up.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
DATABASE_FIXTURES = {"database", "db", "transactional_db"}


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `mongodb`: what this run was asked to use."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """pytest-django's test database, emptied quickly after each test."""
    with quick_flush():
        yield


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The run on MongoDB leaves out what no database can change, unless nothing else was asked for."""
    if config.getoption("--database") == "sqlite":
        return
    left_out = [item for item in items if not _needs_database(item)]
    if len(left_out) < len(items):
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _needs_database(item: pytest.Item) -> bool:
    path = item.path.relative_to(Path(__file__).parent)
    if path.as_posix().startswith(ON_ONE_DATABASE):
        return False
    if path.parts[0] in WITH_PROCESSES or item.get_closest_marker("django_db"):
        return True
    if issubclass(getattr(item, "cls", None) or object, TestCase):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
