"""What every test can use."""

from pathlib import Path

import pytest

# Tests in these folders run no query, unless they ask for a database: once, on SQLite, is enough.
WITHOUT_DATABASE = ("engine", "ops", "sandbox")
DATABASE_FIXTURES = {"database", "db", "transactional_db"}


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `mongodb`: what this run was asked to use."""
    return str(request.config.getoption("--database"))


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
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if folder not in WITHOUT_DATABASE or item.get_closest_marker("django_db"):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
