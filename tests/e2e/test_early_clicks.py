"""Who clicks before the page's scripts are there gets what they wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.holding import held
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in
from tests.webhooks.receiver import Receiver


@contextmanager
def without(script: str, page: Page, address: str) -> Iterator[None]:
    """The page as it is before a script of it has arrived, which it does at the end."""
    with held(page, script):
        with page.expect_request(script):
            page.goto(address, wait_until="commit")
        yield


def test_a_button_is_pressed_before_its_script_is_there(platform: Platform, page: Page, receiver: Receiver) -> None:
    api = Api(platform)
    webhook = api.post("/webhooks", {"name": "Early", "url": receiver.url})["id"]
    log_in(page, platform)
    with without("**/js/webhook.*", page, f"{platform.url}/admin/webhooks/endpoint/{webhook}/change/"):
        page.click("[data-testid=btn-ping]")
        assert receiver.events() == []
    expect(page.locator("[data-testid=toast]")).to_contain_text("200")
    assert len(receiver.wait(1)) == 1
    api.http.delete(f"/webhooks/{webhook}").raise_for_status()


def test_a_form_is_sent_before_its_script_is_there(platform: Platform, page: Page, receiver: Receiver) -> None:
    log_in(page, platform)
    with without("**/js/webhook_add.*", page, f"{platform.url}/admin/webhooks/endpoint/add/"):
        page.fill("#url", receiver.url)
        page.press("#url", "Enter")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    api = Api(platform)
    made = next(each for each in api.get("/webhooks")["results"] if each["url"] == receiver.url)
    api.http.delete(f"/webhooks/{made['id']}").raise_for_status()
