"""The page of a webhook: added, tried, changed and replayed by hand."""

from playwright.sync_api import Page, expect

from tests.e2e.api import Api
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in
from tests.webhooks.receiver import Receiver


def test_a_webhook_is_added_tried_changed_and_replayed(platform: Platform, page: Page, receiver: Receiver) -> None:
    api = Api(platform)
    log_in(page, platform)
    page.goto(f"{platform.url}/admin/webhooks/endpoint/add/")
    page.fill("#url", receiver.url)
    page.fill("#name", "Orders")
    page.fill("#events", "session.*")
    page.click("[data-testid=webhook-save]")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.click("#go-on")
    page.click("[data-testid=btn-ping]")
    expect(page.locator("[data-testid=toast]")).to_contain_text("200")

    session_id = api.session_create("Heard")["id"]
    api.post(f"/sessions/{session_id}/start")
    receiver.wait(2)  # the ping, and a session that starts
    page.click("[data-testid=btn-edit]")
    page.click("#edit summary")
    page.fill("#edit #concurrency", "99")
    page.click("#edit [data-testid=webhook-save]")
    expect(page.locator("#error-concurrency")).to_be_visible()
    page.fill("#edit #concurrency", "9")
    page.fill("#edit #name", "Sales")
    page.fill("#edit #headers", "X-Team: sales")
    page.click("#edit [data-testid=webhook-save]")
    expect(page.get_by_role("heading", name="Sales").first).to_be_visible()
    webhook = next(each for each in api.get("/webhooks")["results"] if each["name"] == "Sales")
    assert (webhook["concurrency"], webhook["headers"], webhook["url"]) == (9, {"X-Team": "***"}, receiver.url)

    page.click("[data-testid=btn-range]")
    page.click("[data-testid=range-save]")
    expect(page.locator("#range-error")).to_be_visible()
    page.fill("#since", "2026-01-01T00:00")
    page.click("[data-testid=range-save]")
    expect(page.locator("[data-testid=replays]")).to_contain_text("done")
    api.http.delete(f"/webhooks/{webhook['id']}").raise_for_status()


def test_a_brokers_credentials_have_fields_of_their_own(platform: Platform, page: Page) -> None:
    api = Api(platform)
    log_in(page, platform)
    page.goto(f"{platform.url}/admin/webhooks/endpoint/add/")
    expect(page.locator("#password")).to_be_hidden()
    page.fill("#url", "amqps://mq.example.com/?routing_key={event}")
    page.fill("#username", "wa")
    page.fill("#password", "never shown")
    page.click("[data-testid=webhook-save]")
    page.click("#go-on")
    page.click("[data-testid=btn-edit]")
    expect(page.locator("#edit #password")).to_have_value("***")
    page.fill("#edit #url", "amqps://other.example.com/")
    page.click("#edit [data-testid=webhook-save]")
    expect(page.locator("#error-password")).to_contain_text("Write it")
    webhook = next(each for each in api.get("/webhooks")["results"] if each["username"] == "wa")
    assert webhook["url"].startswith("amqps://mq.")
    api.http.delete(f"/webhooks/{webhook['id']}").raise_for_status()
