"""Who gets in, and who sees what."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Session
from tests import factories
from tests.dashboard import addresses
from tests.dashboard.conftest import login, staff
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

PAGES = [addresses.home, addresses.sessions, addresses.messages, addresses.events]


@pytest.fixture
def mine(workspace: Workspace) -> Session:
    return factories.connected_session(workspace, "Ours")


@pytest.fixture
def theirs(elsewhere: Workspace) -> Session:
    return factories.connected_session(elsewhere, "Theirs")


@pytest.mark.parametrize("address", PAGES)
def test_it_asks_strangers_to_log_in(client: Client, db: None, address: Callable[[], str]) -> None:
    answer = client.get(address())
    assert answer.status_code == 302
    assert reverse("admin:login") in answer["Location"]


def test_it_keeps_out_users_without_staff_status(workspace: Workspace, mine: Session) -> None:
    client = login(factories.user("carol", workspace=workspace))
    assert client.get(addresses.session_page(mine)).status_code == 302


@pytest.mark.parametrize("address", PAGES[1:])
def test_it_shows_nothing_to_staff_without_workspace(db: None, address: Callable[[], str]) -> None:
    assert login(staff("dora", None)).get(address()).status_code == 403


def test_it_lists_own_sessions_only(alice: Client, mine: Session, theirs: Session) -> None:
    page = alice.get(addresses.sessions()).content.decode()
    assert "Ours" in page
    assert "Theirs" not in page


def test_a_superuser_sees_all_workspaces(root: Client, mine: Session, theirs: Session) -> None:
    page = root.get(addresses.sessions()).content.decode()
    assert "Ours" in page
    assert "Theirs" in page


def test_a_session_elsewhere_does_not_exist(alice: Client, theirs: Session) -> None:
    assert alice.get(addresses.session_page(theirs)).status_code == 404


@pytest.mark.parametrize("wrong", ["a9d3f7b2-5c1e-4e6f-8a0b-2d4c6e8f0a1c", "not-an-id"])
def test_an_unknown_session_does_not_exist(alice: Client, wrong: str) -> None:
    assert alice.get(reverse("admin:sessions_app_session_change", args=(wrong,))).status_code == 404


def test_a_deleted_session_does_not_exist(alice: Client, mine: Session) -> None:
    Session.objects.filter(pk=mine.pk).update(deleted_at=mine.created_at)
    assert alice.get(addresses.session_page(mine)).status_code == 404


def test_it_lists_own_messages_only(alice: Client, mine: Session, theirs: Session) -> None:
    factories.message(mine, text="for us")
    foreign = factories.message(theirs, text="for them")
    page = alice.get(addresses.messages()).content.decode()
    assert "for us" in page
    assert "for them" not in page
    # Django's admin sends people away from what its queryset does not hold.
    assert alice.get(reverse("admin:messaging_message_change", args=(foreign.pk,))).status_code == 302


def test_it_lists_own_events_only(alice: Client, mine: Session, theirs: Session) -> None:
    for session in (mine, theirs):
        publish(
            EventType.SESSION_STATUS,
            workspace_id=session.workspace_id,
            session_id=session.pk,
            payload={"name": session.name, "state": session.state},
        )
    page = alice.get(addresses.events()).content.decode()
    assert "Ours: CONNECTED" in page
    assert "Theirs" not in page


def test_filters_do_not_tell_of_other_workspaces(alice: Client, mine: Session, theirs: Session) -> None:
    factories.message(mine)
    page = alice.get(addresses.messages(), {"session": str(theirs.pk)}).content.decode()
    assert "Theirs" not in page


@pytest.mark.parametrize("model", ["accounts_user", "accounts_workspace"])
def test_operators_do_not_manage_people(alice: Client, model: str) -> None:
    assert alice.get(reverse(f"admin:{model}_changelist")).status_code == 403


@pytest.mark.parametrize("model", ["accounts_user", "accounts_workspace"])
def test_administrators_manage_people(root: Client, workspace: Workspace, model: str) -> None:
    assert root.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert root.get(reverse(f"admin:{model}_add")).status_code == 200


def test_an_administrator_edits_a_user(root: Client, workspace: Workspace) -> None:
    user = staff("erin", workspace)
    assert root.get(reverse("admin:accounts_user_change", args=(user.pk,))).status_code == 200


@pytest.mark.parametrize("name", ["messaging_message_add", "events_event_add"])
def test_the_logs_cannot_be_added_to(root: Client, name: str) -> None:
    assert root.get(reverse(f"admin:{name}")).status_code == 403


def test_sessions_are_not_deleted_past_their_owner(root: Client, mine: Session) -> None:
    assert root.post(reverse("admin:sessions_app_session_delete", args=(mine.pk,)), {"post": "yes"}).status_code == 403
    assert Session.objects.filter(pk=mine.pk).exists()


# ---- viewers ----
def test_a_viewer_looks_on(victor: Client, mine: Session) -> None:
    page = victor.get(addresses.session_page(mine)).content.decode()
    assert 'data-testid="look-on"' in page
    assert "wa-look-on" in page


def test_a_viewer_adds_no_session(victor: Client, mine: Session) -> None:
    assert victor.get(addresses.session_add()).status_code == 403
    assert victor.post(addresses.try_sandbox()).status_code == 403
    assert Session.objects.count() == 1


def test_a_viewer_stops_no_session(victor: Client, mine: Session) -> None:
    victor.post(addresses.sessions(), {"action": "stop_selected", "_selected_action": [str(mine.pk)]})
    mine.refresh_from_db()
    assert mine.desired == "started"
