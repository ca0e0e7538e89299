"""One running platform and one browser for the end-to-end tests."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.media_line import Line, media_line
from tests.e2e.platform import Platform, database_url_for
from tests.webhooks.receiver import HOST, Receiver
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
PATIENCE = 90_000
"""Milliseconds. Beside other tests a platform may need this long until its workers have started a session."""

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The hook sees all items of the run, also those of other folders."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The product with all its processes; shared, so a test must use accounts of its own and repair what it breaks.

    Not for the session: its dozens of processes would keep the processors busy during all tests that come later.
    """
    folder, database = tmp_path_factory.mktemp("platform"), database_url_for("e2e")
    shared = Platform(
        folder,
        database_url=database,
        OUTGOING_PRIVATE_ALLOWED="127.0.0.2",
        LINK_PREVIEW_SECONDS="60",
        LOGIN_RATE="1000/m",  # each test logs in, from the same address
    )
    shared.own_mounts = True
    with shared as running:
        yield running


@pytest.fixture(scope="package")
def sandbox(platform: Platform) -> SandboxClient:
    return SandboxClient(platform.sandbox_url)


@pytest.fixture(scope="package")
def line(platform: Platform) -> Line:
    """A program, its session, and a friend's phone."""
    return media_line(platform)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The program behind a webhook, at an address that the platform may ask."""
    with Receiver(host=HOST) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Per module, because the database refuses to work in a thread while Playwright's event loop lives in it."""
    executable = find_chromium()
    if executable is None:
        pytest.fail("No Chromium found: run `make test` once, install it, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        flags = list(CHROMIUM_FLAGS)
        launched = playwright.chromium.launch(executable_path=executable, args=flags, timeout=PATIENCE)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a profile of its own; when the test fails, a picture of it goes to tests/artifacts/."""
    with new_page(browser, viewport={"width": 1280, "height": 900}) as opened:
        yield opened
        if request.node.stash.get(FAILED, False):
            ARTIFACTS.mkdir(exist_ok=True)
            name = re.sub(r"[^\w.-]+", "_", request.node.nodeid)
            opened.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


@contextmanager
def new_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """In a profile of its own, as patient with clicks and with pages that load as with what is expected."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
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
