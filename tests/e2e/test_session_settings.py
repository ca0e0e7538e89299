"""Settings and proxy of a session in the browser, and what they do."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in, open_session


@pytest.fixture
def session_id(page: Page, platform: Platform) -> str:
    session_id = str(Api(platform).session_create("Configured")["id"])
    log_in(page, platform)
    open_session(page, platform, session_id)
    page.get_by_test_id("settings").locator("summary").click()
    return session_id


def test_settings_are_saved_and_mistakes_shown_beside_the_field(
    platform: Platform, page: Page, session_id: str
) -> None:
    page.get_by_label("Metadata").fill("customer: 1")
    page.get_by_test_id("settings-save").click()
    expect(page.locator("#error-metadata")).to_contain_text("Write a JSON object")
    page.get_by_label("Metadata").fill('{"a.b": "1"}')
    page.get_by_label("Labels").fill(", ".join(["x" * 41]))
    page.get_by_test_id("settings-save").click()
    expect(page.locator("#error-metadata")).to_contain_text("dot or a dollar")
    expect(page.locator("#error-labels")).to_contain_text("1 to 40 characters")
    page.get_by_label("Metadata").fill('{"customer": "1"}')
    page.get_by_label("Labels").fill("VIP, Sales")
    page.get_by_label("Webhook defaults").fill('{"headers": {"Host": "a"}}')
    page.get_by_test_id("settings-save").click()
    expect(page.locator("#error-webhook_defaults")).to_contain_text("Host belongs to the connection")
    page.get_by_label("Webhook defaults").fill('{"headers": {"X-Team": "sales"}}')
    page.get_by_label("History").select_option("limited")
    page.get_by_label("Ignore groups").check()
    page.get_by_label("Start again by itself").uncheck()
    page.get_by_test_id("settings-save").click()
    expect(page.get_by_test_id("toast").filter(has_text="Settings saved.")).to_be_visible()
    expect(page.locator("#error-labels")).to_be_hidden()

    saved = Api(platform).get(f"/sessions/{session_id}")
    assert (saved["labels"], saved["metadata"]) == (["vip", "sales"], {"customer": "1"})
    assert (saved["history_sync"], saved["webhook_defaults"]) == ("limited", {"headers": {"X-Team": "sales"}})
    assert (saved["ignore_groups"], saved["autostart"]) == (True, False)


def test_a_proxy_is_set_and_removed_without_showing_its_password(
    platform: Platform, page: Page, session_id: str
) -> None:
    page.get_by_label("Address").fill("ftp://10.0.0.1:21")
    page.get_by_test_id("proxy-save").click()
    expect(page.locator("#error-url")).to_contain_text("Begin with one of")
    page.get_by_label("Address").fill("socks5://127.0.0.1:9")
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("hunter2")
    page.get_by_test_id("proxy-save").click()
    expect(page.get_by_test_id("proxy-now")).to_have_text("socks5://127.0.0.1:9, with credentials")
    expect(page.get_by_label("Password")).to_have_value("")
    Api(platform).post(f"/sessions/{session_id}/start")
    expect(page.get_by_test_id("session-text")).to_have_text(re.compile("through the proxy socks5://127.0.0.1:9: "))
    page.get_by_test_id("proxy-remove").click()
    expect(page.get_by_test_id("proxy-now")).to_have_text(re.compile("directly"))
    expect(page.get_by_test_id("session-state")).to_have_attribute("data-state", "SCAN_QR")
