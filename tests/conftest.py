"""What every test can use."""

import pytest


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `mongodb`: what this run was asked to use."""
    return str(request.config.getoption("--database"))


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"
