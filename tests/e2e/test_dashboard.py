"""What the dashboard does by itself: lists that follow, panels that change, a feed that comes back."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.conftest import PATIENCE, new_page
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


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Waits as Playwright must, which calls handlers only meanwhile."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def open_session(page: Page, platform: Platform, session_id: str) -> None:
    page.goto(f"{platform.url}/admin/sessions_app/session/{session_id}/change/")


def test_the_list_follows_without_loading_again(platform: Platform, page: Page) -> None:
    api = Api(platform)
    api.session_create("There before")
    page.goto(f"{platform.url}/admin/sessions_app/session/")
    page.evaluate("window.sameDocument = true")
    session_id = api.session_create("Came later")["id"]
    api.post(f"/sessions/{session_id}/start")
    badge = page.locator(f"[data-live-state='{session_id}']")
    expect(badge).to_have_attribute("data-state", "SCAN_QR")
    expect(badge).to_have_text(re.compile("Waiting for scan"))
    api.post(f"/sessions/{session_id}/stop")
    expect(badge).to_have_attribute("data-state", "STOPPED")
    assert page.evaluate("window.sameDocument")


@pytest.mark.parametrize("place", ["{id}/change/", ""], ids=["session", "list"])
def test_what_happens_before_the_page_listens_is_seen(platform: Platform, page: Page, place: str) -> None:
    """The first session of a workspace is started while the page's scripts are on their way: its log was empty."""
    api = Api(platform)
    with api.workspace("Fresh") as workspace:
        session_id = api.post("/sessions", {"name": "First", "provider": "sandbox", "workspace": workspace})["id"]

        def late(route: Route) -> None:
            api.post(f"/sessions/{session_id}/start")
            api.wait_state(session_id, "SCAN_QR")
            route.continue_()

        page.route("**/js/ws*.js", late)
        page.goto(f"{platform.url}/admin/sessions_app/session/{place.format(id=session_id)}")
        badge = page.locator(f"[data-live-state='{session_id}']").first
        expect(badge).to_have_attribute("data-state", "SCAN_QR")


def test_an_operator_without_a_phone_tries_everything(platform: Platform, page: Page) -> None:
    page.goto(f"{platform.url}/admin/sessions_app/session/add/?provider=sandbox")
    page.fill("input[name=name]", "No phone at hand")
    page.check("input[name=pairing_method][value=code]")
    page.fill("input[name=pairing_phone]", "+34 600 300 001")
    page.get_by_test_id("btn-create").click()
    state = page.get_by_test_id("session-state")
    expect(state).to_have_attribute("data-state", "PAIRING_CODE")
    expect(page.get_by_test_id("pairing-code")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))

    page.get_by_test_id("btn-use-qr").click()
    expect(page.get_by_test_id("qr-count")).to_have_text(re.compile(r"Code 1 of \d"))
    page.get_by_test_id("btn-simulated-scan").click()
    expect(page.get_by_test_id("connected-as")).to_have_text(re.compile(r"Connected as \+34"))

    page.get_by_test_id("simulated-text").fill("<b>Anybody there?</b>")
    page.get_by_test_id("btn-simulated-message").click()
    expect(page.locator("[data-testid=message-row][data-direction=in]")).to_contain_text("<b>Anybody there?</b>")
    page.get_by_test_id("tryit-text").fill("Yes!")
    page.get_by_test_id("tryit-text").press("Enter")
    expect(page.locator("[data-testid=message-row][data-direction=out]")).to_have_attribute("data-state", "read")
    expect(page.get_by_test_id("simulated-log")).to_contain_text("Yes!")


def test_it_asks_before_what_cannot_be_undone(platform: Platform, page: Page) -> None:
    open_session(page, platform, Api(platform).session_link("To be removed"))
    state = page.get_by_test_id("session-state")
    expect(state).to_have_attribute("data-state", "CONNECTED")
    page.get_by_test_id("btn-logout").click()
    page.get_by_test_id("confirm-no").click()
    expect(state).to_have_attribute("data-state", "CONNECTED")
    page.get_by_test_id("btn-logout").click()
    page.get_by_test_id("confirm-yes").click()
    expect(state).to_have_attribute("data-state", "LOGGED_OUT")
    expect(page.get_by_test_id("btn-logout")).to_be_disabled()
    page.get_by_test_id("btn-delete").click()
    expect(page.get_by_test_id("confirm-yes")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("confirm-yes")).to_be_hidden()
    expect(page).to_have_url(re.compile("/change/"))
    page.get_by_test_id("btn-delete").click()
    page.get_by_test_id("confirm-yes").click()
    expect(page).to_have_url(f"{platform.url}/admin/sessions_app/session/")
    expect(page.get_by_text("To be removed")).to_have_count(0)


def test_an_interrupted_feed_comes_back_and_misses_nothing(platform: Platform, page: Page) -> None:
    api, sandbox = Api(platform), SandboxClient(platform.sandbox_url)
    session_id = api.session_link("Interrupted")
    friend = sandbox.create_phone()
    open_feeds: list[WebSocketRoute] = []

    def remember(feed: WebSocketRoute) -> None:
        feed.connect_to_server()
        open_feeds.append(feed)

    page.route_web_socket(re.compile("/ws/events"), remember)
    open_session(page, platform, session_id)
    expect(page.get_by_test_id("connected-as")).to_be_visible()
    until(page, lambda: bool(open_feeds))
    open_feeds[-1].close(code=1012)
    friend.send(api.session(session_id)["phone"].lstrip("+"), text="Sent in between")
    row = page.locator("[data-testid=message-row]", has_text="Sent in between")
    expect(row).to_have_count(1)
    until(page, lambda: len(open_feeds) >= 2)
    expect(page.locator("#offline")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_on_a_phone(platform: Platform, browser: Browser, scheme: str) -> None:
    session_id = Api(platform).session_link("A rather long name for an account " * 2)
    with new_page(browser, viewport={"width": 360, "height": 780}, color_scheme=scheme) as page:
        log_in(page, platform)
        lists = ("", "sessions_app/session/", "sessions_app/session/add/", "messaging/message/", "events/event/")
        for path in (*lists, f"sessions_app/session/{session_id}/change/"):
            page.goto(f"{platform.url}/admin/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
