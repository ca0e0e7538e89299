"""An operator in a browser: a table of people becomes a finished report."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.conftest import ARTIFACTS
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in
from tests.http.server import WebServer, web_server

PICTURES = ARTIFACTS / "broadcast"
ROWS = [
    ["Phone", "Name", "City"],
    ["600 800 101", "Ana", "Madrid"],
    ["600 800 102", "Luis", ""],
    ["not a number", "Nobody", "Nowhere"],
]


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "spring.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server("127.0.0.2") as running:
        yield running


def import_table(page: Page, platform: Platform, table: Path) -> None:
    page.goto(f"{platform.url}/admin/audience/addressee/#imports")
    page.get_by_test_id("import-file").set_input_files(table)
    page.get_by_test_id("import-upload").click()
    expect(page.get_by_test_id("mapping")).to_contain_text("Ana")
    page.get_by_test_id("mapping-country").fill("ES")
    page.get_by_test_id("mapping-list").fill("Wizard")
    picture(page, "1-mapping")
    page.get_by_test_id("import-start").click()
    done = page.locator("[data-testid=import][data-state=finished]").first
    expect(done).to_contain_text("2 new")
    with page.expect_download() as download:
        done.get_by_test_id("import-problems").click()
    assert "not a number" in Path(download.value.path()).read_text()
    picture(page, "2-imported")


def write(page: Page, platform: Platform, link: str) -> None:
    page.goto(f"{platform.url}/admin/broadcasts/broadcast/add/")
    page.get_by_test_id("broadcast-name").fill("By hand")
    page.get_by_test_id("broadcast-create").click()
    page.get_by_test_id("pick-lists").get_by_label(re.compile("Wizard")).check()
    picture(page, "3-audience")
    page.get_by_test_id("step-next").click()
    page.get_by_test_id("variant-text").fill(f"Hi {{{{name}}}} of {{{{city}}}} {link}")
    page.get_by_test_id("variant-link").check()
    page.get_by_test_id("preview-contact").select_option(label="Ana +34600800101")
    expect(page.get_by_test_id("preview")).to_contain_text("Hi Ana of Madrid")
    expect(page.get_by_test_id("preview").get_by_test_id("link-preview")).to_contain_text("Fresh")
    picture(page, "4-content")
    page.get_by_test_id("step-next").click()


def choose_account(page: Page) -> None:
    page.get_by_test_id("sessions").get_by_label(re.compile("By hand")).check()
    page.get_by_label("Messages a minute").fill("600")
    picture(page, "5-schedule")
    page.get_by_test_id("step-next").click()


def mend(page: Page) -> None:
    """Luis has no city: the check says so, and a default helps."""
    expect(page.get_by_test_id("check-verdict")).to_contain_text("1 recipient")
    expect(page.get_by_test_id("launch")).to_be_disabled()
    page.get_by_test_id("check-lacking").locator("summary").click()
    expect(page.get_by_test_id("check-lacking")).to_contain_text("Luis")
    picture(page, "6-lacking")
    page.locator("[data-step=message]").click()
    page.get_by_test_id("default-city").fill("town")
    page.locator("[data-step=check]").click()
    expect(page.get_by_test_id("check-verdict")).to_contain_text("All is well")
    expect(page.get_by_test_id("check-recipients")).to_have_text("2")
    picture(page, "7-checked")


@pytest.mark.timeout(240)
def test_from_a_table_to_the_report(platform: Platform, page: Page, table: Path, web: WebServer) -> None:
    sandbox, api = SandboxClient(platform.sandbox_url), Api(platform)
    api.session_link("By hand", sandbox.create_phone("34600800100"))
    ana, luis = (sandbox.create_phone(f"3460080010{number}", auto_receipt="delivered") for number in (1, 2))
    log_in(page, platform)
    import_table(page, platform, table)
    link = f"{web.url}/page"
    write(page, platform, link)
    choose_account(page)
    mend(page)

    page.reload()  # the draft is in the database: whoever leaves comes back to it
    expect(page.get_by_test_id("check-verdict")).to_contain_text("All is well")
    page.get_by_test_id("launch").click()
    page.get_by_test_id("confirm-yes").click()
    state = page.get_by_test_id("broadcast-state")
    expect(state).to_have_attribute("data-state", "finished")
    expect(page.locator("[data-testid=states] [data-state=delivered] strong")).to_have_text("2")
    picture(page, "8-finished")
    for phone, text in ((ana, "Hi Ana of Madrid"), (luis, "Hi Luis of town")):
        raw = phone.wait_message(text=f"{text} {link}")["raw"]["extendedTextMessage"]
        assert (raw["title"], raw["matchedText"]) == ("Fresh & warm", link)
    assert len(web.seen) == 1, "the page is looked up once for all"

    page.get_by_test_id("recipients-state").select_option("delivered")
    expect(page.locator("[data-testid=recipients-table] tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_test_id("report-csv").click()
    assert "+34600800101" in Path(download.value.path()).read_text()
    page.get_by_test_id("do-clone").click()
    expect(page.get_by_test_id("wizard")).to_be_visible()
