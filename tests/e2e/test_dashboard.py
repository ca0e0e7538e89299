"""What the dashboard does by itself: lists that follow, panels that change, a feed that comes back."""

import re

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.platform import Platform


@pytest.fixture(autouse=True)
def logged_in(page: Page, platform: Platform) -> None:
    log_in(page, platform)


def log_in(page: Page, platform: Platform) -> None:
    username, password = platform.admin
    page.goto(f"{platform.url}/admin/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("form [type=submit]")
    expect(page).to_have_url(f"{platform.url}/admin/")


def open_session(page: Page, platform: Platform, session_id: str) -> None:
    page.goto(f"{platform.url}/admin/sessions_app/session/{session_id}/change/")


def linked_session(api: Api, name: str) -> str:
    """A connected sandbox session."""
    session_id = str(api.session_create(name)["id"])
    api.post(f"/sessions/{session_id}/start")
    api.wait_state(session_id, "SCAN_QR")
    api.post(f"/sessions/{session_id}/simulated-scan")
    api.wait_state(session_id, "CONNECTED")
    return session_id


def test_the_list_follows_without_loading_again(platform: Platform, page: Page) -> None:
    api = Api(platform)
    api.session_create("There before")
    page.goto(f"{platform.url}/admin/sessions_app/session/")
    page.evaluate("window.sameDocument = true")
    session_id = api.session_create("Came later")["id"]
    api.post(f"/sessions/{session_id}/start")
    badge = page.locator(f"[data-live-state='{session_id}']")
    expect(badge).to_have_attribute("data-state", "SCAN_QR", timeout=20_000)
    expect(badge).to_have_text(re.compile("Waiting for scan"))
    api.post(f"/sessions/{session_id}/stop")
    expect(badge).to_have_attribute("data-state", "STOPPED", timeout=20_000)
    assert page.evaluate("window.sameDocument")


def test_an_operator_without_a_phone_tries_everything(platform: Platform, page: Page) -> None:
    page.goto(f"{platform.url}/admin/sessions_app/session/add/?provider=sandbox")
    page.fill("input[name=name]", "No phone at hand")
    page.check("input[name=pairing_method][value=code]")
    page.fill("input[name=pairing_phone]", "+34 600 300 001")
    page.get_by_test_id("btn-create").click()
    state = page.get_by_test_id("session-state")
    expect(state).to_have_attribute("data-state", "PAIRING_CODE", timeout=20_000)
    expect(page.get_by_test_id("pairing-code")).to_have_text(re.compile(r"^\w{4}-\w{4}$"), timeout=20_000)

    page.get_by_test_id("btn-use-qr").click()
    expect(page.get_by_test_id("qr-count")).to_have_text(re.compile(r"Code 1 of \d"), timeout=20_000)
    page.get_by_test_id("btn-simulated-scan").click()
    expect(page.get_by_test_id("connected-as")).to_have_text(re.compile(r"Connected as \+34"), timeout=20_000)

    page.get_by_test_id("simulated-text").fill("<b>Anybody there?</b>")
    page.get_by_test_id("btn-simulated-message").click()
    expect(page.locator("[data-testid=message-row][data-direction=in]")).to_contain_text("<b>Anybody there?</b>")
    page.get_by_test_id("tryit-text").fill("Yes!")
    page.get_by_test_id("tryit-text").press("Enter")
    expect(page.locator("[data-testid=message-row][data-direction=out]")).to_have_attribute("data-state", "read")
    expect(page.get_by_test_id("simulated-log")).to_contain_text("Yes!")


def test_it_asks_before_what_cannot_be_undone(platform: Platform, page: Page) -> None:
    open_session(page, platform, linked_session(Api(platform), "To be removed"))
    state = page.get_by_test_id("session-state")
    expect(state).to_have_attribute("data-state", "CONNECTED")
    page.get_by_test_id("btn-logout").click()
    page.get_by_test_id("confirm-no").click()
    expect(state).to_have_attribute("data-state", "CONNECTED")
    page.get_by_test_id("btn-logout").click()
    page.get_by_test_id("confirm-yes").click()
    expect(state).to_have_attribute("data-state", "LOGGED_OUT", timeout=20_000)
    expect(page.get_by_test_id("btn-logout")).to_be_disabled()
    page.get_by_test_id("btn-delete").click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/change/"))
    page.get_by_test_id("btn-delete").click()
    page.get_by_test_id("confirm-yes").click()
    expect(page).to_have_url(f"{platform.url}/admin/sessions_app/session/")
    expect(page.get_by_text("To be removed")).to_have_count(0)


def test_an_interrupted_feed_comes_back_and_misses_nothing(platform: Platform, page: Page) -> None:
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session_id = linked_session(api, "Interrupted")
    friend = sandbox.create_phone()
    open_feeds: list[WebSocketRoute] = []

    def remember(feed: WebSocketRoute) -> None:
        feed.connect_to_server()
        open_feeds.append(feed)

    page.route_web_socket(re.compile("/ws/events"), remember)
    open_session(page, platform, session_id)
    expect(page.get_by_test_id("connected-as")).to_be_visible()
    page.wait_for_timeout(500)
    open_feeds[-1].close(code=1012)
    friend.send(api.session(session_id)["phone"].lstrip("+"), text="Sent in between")
    row = page.locator("[data-testid=message-row]", has_text="Sent in between")
    expect(row).to_have_count(1, timeout=20_000)
    assert len(open_feeds) >= 2
    expect(page.locator("#offline")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(platform: Platform, browser: Browser, scheme: str) -> None:
    session_id = linked_session(Api(platform), "A rather long name for an account " * 2)
    phone = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme=scheme)  # type: ignore[arg-type]
    page = phone.new_page()
    log_in(page, platform)
    lists = ("", "sessions_app/session/", "sessions_app/session/add/", "messaging/message/", "events/event/")
    for path in (*lists, f"sessions_app/session/{session_id}/change/"):
        page.goto(f"{platform.url}/admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    phone.close()
