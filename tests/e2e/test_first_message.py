"""The main job as a person and a program see it: QR in the dashboard, phone scans, messages both ways with ticks."""

from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in

OWN_PHONE = "34600100001"
FRIEND = "34600100002"


def create_sandbox_session(page: Page, platform: Platform) -> str:
    page.goto(f"{platform.url}/admin/sessions_app/session/add/")
    page.fill("input[name=name]", "Front desk")
    page.check("input[name=provider][value=sandbox]")
    page.get_by_test_id("btn-create").click()
    expect(page.get_by_test_id("qr-image")).to_be_visible()
    return page.url.rstrip("/").split("/")[-2 if page.url.rstrip("/").endswith("change") else -1]


def qr_in_picture(page: Page, path: Path) -> str:
    """What a phone's camera makes of the screen, once the code is drawn and nothing covers it."""

    def seen() -> list[zxingcpp.Barcode]:
        page.screenshot(path=path)
        return zxingcpp.read_barcodes(Image.open(path))

    [found] = eventually(seen, "a code on the page", 20)
    return str(found.text)


def test_an_operator_links_a_phone_and_a_program_talks_through_it(
    platform: Platform, page: Page, sandbox: SandboxClient, tmp_path: Path
) -> None:
    own = sandbox.create_phone(OWN_PHONE, name="Front desk")
    friend = sandbox.create_phone(FRIEND, name="Ana")
    friend.change(auto_receipt="none")
    log_in(page, platform)
    session_id = create_sandbox_session(page, platform)

    qr_in_picture(page, tmp_path / "page.png")
    own.scan_picture((tmp_path / "page.png").read_bytes())
    expect(page.get_by_test_id("connected-as")).to_contain_text(f"+{OWN_PHONE}")
    expect(page.get_by_test_id("qr-image")).to_be_hidden()

    api = Api(platform)
    with api.listen(session_id) as events:
        sent = api.send(session_id, f"+{FRIEND}", "Hello Ana, your order is ready.")
        arrived = friend.wait_message(text="Hello Ana, your order is ready.")
        row = page.locator(f"[data-testid=message-row][data-id='{sent['id']}']")
        expect(row).to_have_attribute("data-state", "sent")

        friend.change(auto_receipt="delivered")
        friend.send(OWN_PHONE, text="Thank you! <b>On my way</b>")
        answer = events.wait_for("message", lambda payload: payload["text"].startswith("Thank you!"))
        assert answer["payload"]["sender"]["phone"] == f"+{FRIEND}"
        assert answer["payload"]["sender"]["lid"].endswith("@lid")
        incoming = page.locator("[data-testid=message-row][data-direction=in]")
        expect(incoming).to_contain_text("Thank you! <b>On my way</b>")
        listed = api.messages(session_id, direction="in")
        assert [message["text"] for message in listed] == ["Thank you! <b>On my way</b>"]

        friend.read(arrived["id"])
        events.wait_for("message.ack", lambda payload: payload["id"] == sent["id"] and payload["ack"] == 3)
        expect(row).to_have_attribute("data-state", "read")
        assert api.message(session_id, sent["id"])["read_at"]


def test_the_page_sends_and_shows_delivered_and_read_ticks(
    platform: Platform, page: Page, sandbox: SandboxClient
) -> None:
    own = sandbox.create_phone("34600100003")
    friend = sandbox.create_phone("34600100004", auto_receipt="delivered")
    api = Api(platform)
    session_id = api.session_link("Ticks", own)
    log_in(page, platform)
    page.goto(f"{platform.url}/admin/sessions_app/session/{session_id}/change/")
    expect(page.get_by_test_id("connected-as")).to_contain_text("+34600100003")

    page.get_by_test_id("tryit-to").fill("+34600100004")
    page.get_by_test_id("tryit-text").fill("Ticks, please")
    page.get_by_test_id("tryit-send").click()
    arrived = friend.wait_message(text="Ticks, please")
    row = page.locator("[data-testid=message-row][data-direction=out]")
    expect(row).to_have_attribute("data-state", "delivered")
    friend.read(arrived["id"])
    expect(row).to_have_attribute("data-state", "read")
