"""Overview, messages, events, and what all pages promise."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.models import Direction, Message, MessageState
from messaging.payloads import message_payload
from sessions_app.engine.states import State
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.dashboard import home as overview
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


def test_the_overview_begins_with_the_first_account(alice: Client) -> None:
    assert 'data-testid="empty-sessions"' in alice.get(addresses.home()).content.decode()


def test_the_overview_counts(
    alice: Client, workspace: Workspace, elsewhere: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = factories.connected_session(workspace)
    factories.session(workspace, "Broken", state=State.FAILED.value, reason="qr_expired")
    factories.message(session)
    factories.message(session, direction=Direction.OUT, state=MessageState.SENT)
    factories.connected_session(elsewhere, "Theirs")
    noon = timezone.now().replace(hour=12)  # midnight is far
    Message.objects.update(created_at=noon)
    monkeypatch.setattr(overview, "timezone", SimpleNamespace(now=lambda: noon + timedelta(hours=1)))
    context = alice.get(addresses.home()).context
    assert context["total"] == 2
    assert [tile["value"] for tile in context["tiles"]] == [1, 0, 1]
    assert context["today"] == {"received": 1, "sent": 1}
    assert [session.name for session, _ in context["problems"]] == ["Broken"]


def test_the_overview_names_messages_that_did_not_leave(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    fields = {"direction": Direction.OUT, "error_code": "x", "error_text": "This number is not on WhatsApp."}
    factories.message(session, state=MessageState.FAILED, **fields)
    assert "This number is not on WhatsApp." in alice.get(addresses.home()).content.decode()


def test_a_message_can_be_read_in_full(alice: Client, workspace: Workspace) -> None:
    message = factories.message(factories.connected_session(workspace), text="Good <i>morning</i>", raw={"k": "<b>"})
    html = alice.get(reverse("admin:messaging_message_change", args=(message.pk,))).content.decode()
    assert "Good &lt;i&gt;morning&lt;/i&gt;" in html
    assert "&lt;b&gt;" in html
    assert 'name="_save"' not in html


@pytest.mark.parametrize("query", [{"q": "morn"}, {"direction": "in"}, {"state": "received"}, {"q": "34600000002"}])
def test_messages_are_found(alice: Client, workspace: Workspace, query: dict[str, str]) -> None:
    session = factories.connected_session(workspace)
    factories.message(session, text="Good morning")
    assert "Good morning" in alice.get(addresses.messages(), query).content.decode()
    assert "Good morning" in alice.get(addresses.messages(), {"session": str(session.pk)}).content.decode()
    assert "Good morning" not in alice.get(addresses.messages(), {"direction": "out"}).content.decode()


def test_empty_logs_say_what_will_be_there(alice: Client) -> None:
    assert "No messages yet" in alice.get(addresses.messages()).content.decode()
    assert "Nothing has happened yet" in alice.get(addresses.events()).content.decode()


def test_an_event_is_one_line_and_its_payload_one_click_away(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    message = factories.message(session, text="Hi")
    payload = message_payload(message)
    publish(EventType.MESSAGE, workspace_id=workspace.pk, session_id=session.pk, payload=payload)
    assert "text from +34600000002, received" in alice.get(addresses.events()).content.decode()
    detail = reverse("admin:events_event_change", args=(Event.objects.get().pk,))
    assert str(message.pk) in alice.get(detail).content.decode()
    assert alice.get(addresses.events(), {"type": "message"}).status_code == 200


def test_the_login_leads_to_the_overview(client: Client, workspace: Workspace) -> None:
    factories.superuser("root")
    answer = client.post(reverse("admin:login"), {"username": "root", "password": factories.PASSWORD})
    assert answer["Location"] == addresses.home()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_scripts_or_styles_of_their_own(template: Path) -> None:
    """A content security policy without unsafe-inline is to come."""
    text = template.read_text()
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", text)


def test_scripts_insert_text_only() -> None:
    folder = Path(settings.BASE_DIR) / "whatsapp_api/dashboard/static/dashboard/js"
    for script in folder.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text()), (
            script
        )
