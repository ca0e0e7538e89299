"""Pytest plugin: which tests share a process when pytest-xdist runs them in several (`-n`), and in what order.

Tests of a file stay together, because fixtures of a module or a package cost seconds. So do those of a folder that
share a running platform, in `tests/e2e/` all but one. What takes longest starts first, or it would end long after all
others.
"""

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARED_PLATFORMS = ("tests/e2e/cluster/", "tests/e2e/test_backup.py", "tests/e2e/")
SLOW_FIRST = (*SHARED_PLATFORMS, "tests/engine/", "tests/worker/", "tests/sandbox/", "tests/ops/")


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ByPlatformOrFile(LoadScopeScheduling):
    """One process for each file, or for each folder whose tests share a platform."""

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, SHARED_PLATFORMS), nodeid.split("::", 1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlatformOrFile:
    config.option.loadscopereorder = False  # it puts the files with most tests first, not those that take longest
    return ByPlatformOrFile(config, log)


def pytest_make_parametrize_id(val: object) -> str | None:
    """All processes must find the same tests, so none may be called by an id that was only just made up."""
    return "uuid" if UUID.fullmatch(str(val)) else None


@pytest.hookimpl(trylast=True)  # after pytest-django, whose order of tests stays as it is otherwise
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, folder in enumerate(SLOW_FIRST) if item.nodeid.startswith(folder)), len(SLOW_FIRST))
