"""One running platform and one browser for the end-to-end tests."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.platform import Platform, database_url_for
from whatsapp_api.ops.chromium import find_chromium

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The hook sees all items of the run, also those of other folders."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The product with all its processes; shared, so a test must use accounts of its own and repair what it breaks."""
    with Platform(tmp_path_factory.mktemp("platform"), database_url=database_url_for("e2e")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Per module, because the database refuses to work in a thread while Playwright's event loop lives in it."""
    executable = find_chromium()
    if executable is None:
        pytest.fail("No Chromium found: run `make test` once, install it, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a profile of its own; when the test fails, a picture of it goes to tests/artifacts/."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    yield opened
    if request.node.stash.get(FAILED, False):
        ARTIFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w.-]+", "_", request.node.nodeid)
        opened.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what the processes printed last."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        platform = getattr(item, "funcargs", {}).get("platform")
        if isinstance(platform, Platform):
            report.sections.append(("last lines of the platform's processes", platform.tail()))
    return report
