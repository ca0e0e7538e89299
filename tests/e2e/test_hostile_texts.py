"""Texts that would run as scripts, from every side, on every page of the dashboard, in a real browser."""

import re
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import ConsoleMessage, Page

from sessions_app.sandbox.client import SandboxClient
from tests.e2e.api import Api, eventually
from tests.e2e.platform import Platform
from tests.e2e.test_dashboard import log_in

MOST_PAGES = 24
FLAG = "window.hostile = (window.hostile || 0) + 1"
PAYLOADS = (
    f"<script>{FLAG}</script>",
    f'<img src=x onerror="{FLAG}">',
    f'"\'><svg onload="{FLAG}">',
    f"{{{{constructor.constructor('{FLAG}')()}}}}",
    f'<div x-data x-init="{FLAG}">',
    f'<a href="javascript:{FLAG}">x</a></script><script>{FLAG}</script>',
    f'${{{FLAG}}}`\'"--><iframe srcdoc="<script>parent.{FLAG}</script>">',
)
# Alpine compiles its attributes by eval, which the policy of the dashboard allows; nothing else may break it.
REFUSED = re.compile(r"Refused to|violates the following Content Security Policy", re.IGNORECASE)


@pytest.fixture(scope="module")
def hostile(platform: Platform) -> str:
    """A linked session whose every text is an attack; its id."""
    api = Api(platform)
    session_id = api.session_link(PAYLOADS[0][:100])
    api.http.patch(f"/sessions/{session_id}", json={"metadata": {"note": PAYLOADS[1]}, "labels": ["<b>x</b>"]})
    contact = api.post(f"/sessions/{session_id}/simulated-phone")["phone"]
    with SandboxClient(platform.sandbox_url) as sandbox:
        person = sandbox.phone(contact)
        person.change(name=PAYLOADS[4])
        own = api.get(f"/sessions/{session_id}")["phone"]
        for payload in PAYLOADS:
            person.send(own, text=payload)
        group = sandbox.create_group(person, PAYLOADS[1][:100], sandbox.phone(own))
        person.send(group.jid, text=PAYLOADS[2])
    for payload in PAYLOADS[:3]:
        api.post(f"/sessions/{session_id}/messages", {"to": contact, "text": payload})
    api.http.post("/media", files={"file": (f"{PAYLOADS[1]}.txt".replace("/", ""), b"<script>1</script>")})
    fields = {"text": f"{PAYLOADS[0]} {{{{name}}}}"}
    api.http.post("/templates", json={"name": "hostile", "kind": "text", "fields": fields})
    api.http.post("/keys", json={"name": PAYLOADS[1], "scopes": ["read"]})

    def arrived() -> bool:
        rows = api.get(f"/sessions/{session_id}/messages", direction="in")["results"]
        return sum(row["text"] in PAYLOADS for row in rows) > len(PAYLOADS)

    eventually(arrived, "the hostile messages")
    return session_id


def pages(page: Page, start: str) -> list[str]:
    """Every page of the dashboard that links lead to, from each list the first rows only."""
    waiting, seen = [start], list[str]()
    shapes: dict[str, int] = {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        page.goto(address, wait_until="domcontentloaded")
        seen.append(address)
        links: list[str] = page.eval_on_selector_all("a[href]", "found => found.map(a => a.getAttribute('href'))")
        for link in links:
            target = urljoin(address, link).split("#")[0]
            shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{24}|=[^&]*", "*", target)
            new = target.startswith(start) and target not in seen and target not in waiting
            if new and "logout" not in target and shapes.get(shape, 0) < 1:
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(target)
        assert not page.evaluate("window.hostile"), f"a payload ran on {address}"
    return seen


@pytest.mark.timeout(300)
def test_no_payload_runs_on_any_page(platform: Platform, page: Page, hostile: str) -> None:
    refused: list[str] = []
    dialogs: list[Any] = []

    def note(message: ConsoleMessage) -> None:
        if REFUSED.search(message.text):
            refused.append(f"{page.url}: {message.text[:200]}")

    page.on("console", note)
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    log_in(page, platform)
    seen = pages(page, f"{platform.url}/admin/")

    session = f"{platform.url}/admin/sessions_app/session/{hostile}/change/"
    page.goto(session)
    page.get_by_text("<svg onload").first.wait_for()  # shown as text, by the page's scripts
    assert not page.evaluate("window.hostile")
    assert not dialogs
    assert len(seen) > 12, seen
    assert refused == [], "the policy refuses what our own pages need, or a payload got as far as the policy"
    print(f"hostile texts: {len(PAYLOADS)} payloads on {len(seen) + 1} pages, none ran")


def test_the_descriptions_of_the_api_work_under_their_policy(platform: Platform, page: Page) -> None:
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Redoc would like a font and its logo from elsewhere; the policy keeps it from that, and it does without.
        elsewhere = "fonts.googleapis.com" in message.text or "cdn.redoc.ly" in message.text
        if REFUSED.search(message.text) and not elsewhere:
            refused.append(message.text)

    page.on("console", note)
    page.goto(f"{platform.url}/api/docs/")
    page.locator(".opblock").first.wait_for()
    page.goto(f"{platform.url}/api/redoc/")
    page.get_by_text("WhatsApp API").first.wait_for()
    assert refused == []
