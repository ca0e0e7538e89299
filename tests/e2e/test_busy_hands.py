"""Who types or clicks while the page waits for an answer, or draws one, gets what they wanted."""

import pytest
from playwright.sync_api import Page, expect

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api
from tests.e2e.holding import held
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in


@pytest.fixture
def connected(platform: Platform, page: Page, sandbox: SandboxClient) -> str:
    """The address of a session's page; its account is linked."""
    session = Api(platform).session_link("Typing", sandbox.create_phone())
    log_in(page, platform)
    return f"{platform.url}/admin/sessions_app/session/{session}/change/"


def test_a_suggested_number_waits_until_nobody_is_in_its_field(page: Page, connected: str) -> None:
    to = page.get_by_test_id("tryit-to")
    with held(page, "**/simulated-phone"):
        with page.expect_request("**/simulated-phone"):
            page.goto(connected)
        expect(to).to_be_enabled()
        to.focus()
    expect(page.get_by_test_id("simulated-number")).to_contain_text("+")  # it is known now
    expect(to).to_have_value("")
    page.get_by_test_id("tryit-text").focus()
    expect(to).to_have_value(page.get_by_test_id("simulated-number").inner_text())


def test_what_is_typed_while_a_message_is_sent_stays(page: Page, connected: str, sandbox: SandboxClient) -> None:
    friend = sandbox.create_phone()
    page.goto(connected)
    text = page.get_by_test_id("tryit-text")
    page.get_by_test_id("tryit-to").fill(f"+{friend.number}")
    text.fill("The first")
    with held(page, "**/messages"), page.expect_request("**/messages"):
        text.press("Enter")
        text.press_sequentially(" and the second")
    expect(text).to_have_value("and the second")
    friend.wait_message(text="The first")
    text.press("Enter")
    expect(text).to_have_value("")
    friend.wait_message(text="and the second")


def test_a_click_counts_though_the_list_is_drawn_anew_meanwhile(platform: Platform, page: Page) -> None:
    api = Api(platform)
    pressed = api.session_create("To be pressed")["id"]
    log_in(page, platform)
    listed = f"{platform.url}/admin/sessions_app/session/"
    page.goto(listed)
    page.get_by_role("link", name="To be pressed").hover()
    page.mouse.down()
    with page.expect_response(listed) as answer:
        other = api.session_create("Created meanwhile")["id"]
    answer.value.finished()
    page.evaluate("new Promise((go) => setTimeout(go, 100))")  # what was to be drawn is
    page.mouse.up()
    expect(page).to_have_url(f"{listed}{pressed}/change/")
    for session in (pressed, other):
        api.http.delete(f"/sessions/{session}").raise_for_status()
