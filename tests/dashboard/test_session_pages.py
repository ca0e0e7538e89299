"""The list and the page of a session, as the server renders them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sessions_app import qr
from sessions_app.display import LOOKS, look
from sessions_app.engine.states import State
from sessions_app.models import Desired, Provider, Session
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Workspace

SECRET = "2@a-secret-that-links-a-phone"


def page_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(State)


@pytest.mark.parametrize("state", list(State))
def test_the_page_shows_each_state(alice: Client, workspace: Workspace, state: State) -> None:
    session = factories.connected_session(workspace, state=state.value, reason="")
    html = alice.get(addresses.session_page(session)).content.decode()
    assert f'data-state="{state.value}"' in html
    assert look(state.value).label in html
    visible = [name for name, rest in re.findall(r'data-panel="(\w+)"([^>]*)>', html) if "hidden" not in rest]
    assert visible == [look(state.value).panel]


def test_the_page_tells_the_scripts_where_to_begin(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    data = page_data(alice.get(addresses.session_page(session)).content.decode())
    assert data["session"]["id"] == str(session.pk)
    assert data["api"] == f"/api/v1/sessions/{session.pk}"
    assert data["sequence"] == 0
    assert data["may_act"] is True
    assert data["pending"] is False


def test_a_start_that_nobody_answered_yet_is_pending(alice: Client, workspace: Workspace) -> None:
    session = factories.session(workspace, desired=Desired.STARTED, generation=1)
    assert page_data(alice.get(addresses.session_page(session)).content.decode())["pending"] is True


def test_the_page_never_holds_the_code(alice: Client, workspace: Workspace) -> None:
    session = factories.session(workspace, state=State.SCAN_QR.value, desired=Desired.STARTED)
    shown = qr.LiveQr(payload=SECRET, index=1, total=6, expires_at=timezone.now() + timedelta(seconds=20))
    qr.store(session.pk, shown)
    assert SECRET not in alice.get(addresses.session_page(session)).content.decode()


def test_only_a_sandbox_session_has_simulated_phones(alice: Client, workspace: Workspace) -> None:
    simulated = factories.session(workspace, "Simulated")
    real = factories.session(workspace, "Real", provider=Provider.WHATSAPP)
    assert "btn-simulated-scan" in alice.get(addresses.session_page(simulated)).content.decode()
    assert "btn-simulated-scan" not in alice.get(addresses.session_page(real)).content.decode()


def test_names_are_text(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace, "</script><img src=x onerror=alert(1)>", push_name="<b>bold</b>")
    for address in (addresses.session_page(session), addresses.sessions(), addresses.home()):
        html = alice.get(address).content.decode()
        assert "<img src=x" not in html
        assert "<b>bold" not in html


# ---- the list ----
def test_an_empty_list_offers_the_first_account(alice: Client) -> None:
    html = alice.get(addresses.sessions()).content.decode()
    assert 'data-testid="empty-sessions"' in html
    assert addresses.try_sandbox() in html


def test_the_list_marks_what_changes_live(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    html = alice.get(addresses.sessions()).content.decode()
    for kind in ("session", "state", "phone", "activity"):
        assert f'data-live-{kind}="{session.pk}"' in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "supp"}, "Support"),
        ({"q": "0000001"}, "Support"),
        ({"state": "STOPPED"}, "Idle"),
        ({"provider": "whatsapp"}, "Idle"),
    ],
)
def test_the_list_searches_and_filters(alice: Client, workspace: Workspace, query: dict[str, str], found: str) -> None:
    factories.connected_session(workspace, "Support")
    factories.session(workspace, "Idle", provider=Provider.WHATSAPP)
    html = alice.get(addresses.sessions(), query).content.decode()
    assert found in html
    assert {"Support": "Idle", "Idle": "Support"}[found] not in html


def test_the_list_sorts_by_each_column(alice: Client, workspace: Workspace) -> None:
    factories.connected_session(workspace)
    for column in range(1, 6):
        assert alice.get(addresses.sessions(), {"o": str(column)}).status_code == 200


def test_it_filters_by_workspace_where_there_are_several(
    root: Client, workspace: Workspace, elsewhere: Workspace
) -> None:
    factories.session(workspace, "Here")
    factories.session(elsewhere, "There")
    html = root.get(addresses.sessions(), {"workspace": str(elsewhere.pk)}).content.decode()
    assert "There" in html
    assert "data-live-session" in html
    assert ">Here<" not in html


@pytest.mark.parametrize(("action", "desired"), [("start_selected", "started"), ("restart_selected", "started")])
def test_it_starts_several(alice: Client, workspace: Workspace, action: str, desired: str) -> None:
    sessions = [factories.session(workspace, name) for name in ("One", "Two")]
    chosen = {"action": action, "_selected_action": [str(session.pk) for session in sessions]}
    assert alice.post(addresses.sessions(), chosen).status_code == 302
    assert {session.desired for session in Session.objects.all()} == {desired}


def test_it_stops_several(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    alice.post(addresses.sessions(), {"action": "stop_selected", "_selected_action": [str(session.pk)]})
    session.refresh_from_db()
    assert session.desired == Desired.STOPPED


def test_one_refusal_does_not_stop_the_others(alice: Client, workspace: Workspace) -> None:
    refused = factories.session(workspace, "Refused", pairing_method="code")
    started = factories.session(workspace, "Started")
    chosen = {"action": "start_selected", "_selected_action": [str(refused.pk), str(started.pk)]}
    html = alice.post(addresses.sessions(), chosen, follow=True).content.decode()
    started.refresh_from_db()
    assert started.desired == Desired.STARTED
    assert "Refused: " in html
    assert "Starting 1 session." in html
