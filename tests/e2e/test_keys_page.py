"""API keys by hand: made, shown once, used by a program, revoked."""

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in


def status(platform: Platform, key: str) -> int:
    return httpx.get(f"{platform.url}/api/v1/sessions", headers={"X-Api-Key": key}, timeout=60).status_code


def test_a_key_is_made_used_and_revoked(platform: Platform, page: Page) -> None:
    log_in(page, platform)
    page.get_by_role("link", name="API keys").click()
    page.get_by_test_id("key-add").click()
    page.get_by_test_id("key-save").click()
    expect(page.locator("#key-error")).to_contain_text("Give it a name")
    page.get_by_test_id("key-name").fill("Shop <b>")
    page.fill("#key-networks", "127.0.0.0/8")
    page.get_by_test_id("key-save").click()
    expect(page.get_by_test_id("key-text")).to_contain_text("wak_")
    key = page.get_by_test_id("key-text").inner_text()
    assert status(platform, key) == 200

    page.reload()
    row = page.locator("[data-testid=keys] tbody tr").filter(has_text="Shop <b>")
    expect(row).to_contain_text("just now")  # it was used
    assert key not in page.content()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_test_id("confirm-yes").click()
    expect(row).to_contain_text("Revoked")
    assert status(platform, key) == 401
