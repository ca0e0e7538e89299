"""The chats of a session in a browser: read, live, answered, safe, and usable on a phone."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from sessions_app.sandbox.client import Phone, SandboxClient
from tests.e2e.api import Api
from tests.e2e.conftest import new_page
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in, until
from tests.media import samples

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
PAGE = "https://example.org/a"


def linked(url: str) -> dict[str, Any]:
    """A text with the preview of a link, as phones send it."""
    image = base64.b64encode(samples.picture()).decode()
    return {"text": f"See {url}", "matchedText": url, "title": "<b>A page</b>", "JPEGThumbnail": image}


@pytest.fixture(scope="module")
def session_id(platform: Platform) -> str:
    return Api(platform).session_link("Front desk")


@pytest.fixture(scope="module")
def ana(platform: Platform, session_id: str) -> Phone:
    """A friend who has written all sorts of things."""
    sandbox = SandboxClient(platform.sandbox_url)
    ana = sandbox.create_phone(name=f"Ana {EVIL}")
    own = Api(platform).session(session_id)["phone"].lstrip("+")
    sandbox.phone(own).change(auto_receipt="delivered")  # nobody looks at the account's own phone
    first = ana.send(own, "Good morning!\nAre you open today?")
    ana.send_media(own, "image", samples.picture(), mimetype="image/jpeg", caption="The old one")
    for url in (PAGE, "javascript:void(document.title='owned')"):
        ana.send(own, protobuf={"extendedTextMessage": linked(url)})
    album = ana.send(own, album={"images": 2, "videos": 0})
    for _ in range(2):
        ana.send_media(own, "image", samples.picture(), mimetype="image/jpeg", album=album["id"])
    ana.send_media(own, "document", b"a,b\n" * 500, filename="Prices.csv", mimetype="text/csv")
    ana.send_media(own, "voice", samples.opus(), seconds=2, waveform=base64.b64encode(bytes(range(64))).decode())
    ana.send(own, location={"latitude": 41.38, "longitude": 2.17, "name": "Plaça Reial"})
    ana.send(own, poll={"question": "When?", "options": ["Today", "Tomorrow"]})
    ana.send(own, contact={"name": "Bob", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL:+34600111222\nEND:VCARD"})
    ana.send(own, EVIL, quoted=first["id"])
    ana.send(own, reaction={"id": first["id"], "emoji": "👍"})
    gone = ana.send(own, "Never mind this")
    ana.send(own, revoke={"id": gone["id"]})
    return ana


def open_chats(page: Page, platform: Platform, session_id: str) -> None:
    log_in(page, platform)
    page.goto(f"{platform.url}/admin/sessions_app/session/{session_id}/chats/")


def test_an_account_that_nobody_wrote_to_says_so(platform: Platform, page: Page) -> None:
    open_chats(page, platform, Api(platform).session_create("Quiet")["id"])
    expect(page.get_by_test_id("chats-empty")).to_contain_text("No chats yet")


def test_a_chat_is_read_and_answered_while_it_goes_on(
    platform: Platform, page: Page, session_id: str, ana: Phone
) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    open_chats(page, platform, session_id)
    row = page.get_by_test_id("chat-row").filter(has_text=EVIL)
    expect(row.get_by_test_id("unread")).to_contain_text(re.compile(r"^\d+ unread$"))
    row.get_by_role("button").click()
    bubbles = page.get_by_test_id("bubble")
    expect(bubbles.filter(has_text="Good morning!").first).to_contain_text("👍")
    expect(bubbles.filter(has_text="Prices.csv")).to_be_visible()
    expect(bubbles.filter(has_text="Plaça Reial")).to_be_visible()
    expect(bubbles.filter(has_text="When?")).to_contain_text("Tomorrow")
    expect(bubbles.filter(has_text="Bob")).to_be_visible()
    expect(bubbles.filter(has_text="This message was deleted")).to_have_count(1)
    expect(bubbles.filter(has_text=EVIL)).to_contain_text("Good morning!")  # as text, below what it answers
    picture = bubbles.filter(has_text="The old one").locator("img")
    expect(picture).to_have_js_property("complete", value=True)
    expect(row.get_by_test_id("unread")).to_have_count(0)

    page.get_by_test_id("chat-text").fill("Until six.")
    page.get_by_test_id("chat-text").press("Enter")
    own = Api(platform).session(session_id)["phone"].lstrip("+")
    ana.wait_message(text="Until six.")
    expect(bubbles.filter(has_text="Until six.").locator(".wa-tick")).to_have_attribute(
        "data-ack", re.compile("delivered|read")
    )
    ana.send(own, "See you then")
    expect(bubbles.filter(has_text="See you then")).to_be_visible()
    assert page.title() != "owned"
    assert refused == []


def test_a_click_on_a_row_counts_though_it_changes_meanwhile(
    platform: Platform, page: Page, session_id: str, ana: Phone
) -> None:
    """A message between press and release draws the row anew."""
    bob = SandboxClient(platform.sandbox_url).create_phone(name="Bob of the clicks")
    own = Api(platform).session(session_id)["phone"].lstrip("+")
    bob.send(own, "First")
    open_chats(page, platform, session_id)
    row = page.get_by_test_id("chat-row").filter(has_text="Bob of the clicks")
    expect(row).to_contain_text("First")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if re.search(r"/chats/[^/]+$", answer.url) else None)
    row.hover()
    page.mouse.down()
    bob.send(own, "Second")
    until(page, lambda: any(answer.json()["unread"] == 2 for answer in list(answers)))
    page.evaluate("new Promise((go) => setTimeout(go))")  # what was to be drawn is
    page.mouse.up()
    expect(page.get_by_test_id("bubble").filter(has_text="Second")).to_be_visible()
    expect(row).to_contain_text("Second")


def test_links_albums_and_sounds_look_as_on_a_phone(
    platform: Platform, page: Page, session_id: str, ana: Phone
) -> None:
    open_chats(page, platform, session_id)
    page.get_by_test_id("chat-row").filter(has_text=EVIL).get_by_role("button").click()
    card = page.get_by_test_id("link-preview")  # one: what leads elsewhere than to the web is no link
    expect(card).to_contain_text("<b>A page</b>example.org")
    expect(card).to_have_attribute("href", PAGE)
    expect(card.locator("img")).to_have_js_property("naturalWidth", 320)
    expect(page.get_by_test_id("bubble").filter(has_text="javascript:").locator("a")).to_have_count(0)
    album = page.get_by_test_id("bubble").filter(has=page.get_by_test_id("album"))
    expect(album.locator("img")).to_have_count(2)
    sound = page.locator("[data-kind=voice]")
    expect(sound).to_contain_text("0:02")
    expect(sound.locator(".wa-wave > span")).to_have_count(32)
    sound.get_by_role("button").click()
    expect(sound.locator(".wa-played").last).to_be_attached()


def test_the_list_is_searched(platform: Platform, page: Page, session_id: str, ana: Phone) -> None:
    open_chats(page, platform, session_id)
    page.get_by_test_id("chats-search").fill("nobody of this name")
    expect(page.get_by_test_id("chats-empty")).to_contain_text("No chat has this name")
    page.get_by_test_id("chats-search").fill(ana.number)  # whole: others' numbers are drawn at random and may begin so
    expect(page.get_by_test_id("chat-row")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_there_is_one_column_and_a_way_back(
    platform: Platform, browser: Browser, session_id: str, ana: Phone, scheme: str
) -> None:
    with new_page(browser, viewport={"width": 360, "height": 780}, color_scheme=scheme) as page:
        open_chats(page, platform, session_id)
        row = page.get_by_test_id("chat-row").filter(has_text=EVIL)
        row.get_by_role("button").click()
        expect(page.get_by_test_id("bubble").first).to_be_visible()
        expect(row).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_test_id("chat-back").click()
        expect(row).to_be_visible()
