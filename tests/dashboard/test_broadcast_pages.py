"""The pages of audience and broadcasts: who sees them, and what they may do there."""

import pytest
from django.test import Client
from django.urls import reverse

from messaging.broadcasts.models import Broadcast, BroadcastState
from tests import factories
from whatsapp_api.accounts.models import Workspace

AUDIENCE = "admin:audience_addressee_changelist"
LIST = "admin:broadcasts_broadcast_changelist"
ADD = "admin:broadcasts_broadcast_add"
CALENDAR = "admin:broadcasts_broadcast_calendar"


def page(client: Client, name: str, *arguments: object) -> str:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def draft(workspace: Workspace) -> Broadcast:
    factories.connected_session(workspace, "Sales")
    return Broadcast.objects.create(workspace=workspace, name="<script>alert(1)</script>")


def test_an_operator_finds_everything(alice: Client, draft: Broadcast) -> None:
    home = page(alice, "admin:index")
    for name in (AUDIENCE, LIST):
        assert reverse(name) in home
    assert 'data-testid="import-file"' in page(alice, AUDIENCE)
    assert reverse(ADD) in page(alice, LIST)
    assert "wizard" in page(alice, "admin:broadcasts_broadcast_change", draft.pk)
    assert "calendar" in page(alice, CALENDAR) and page(alice, ADD)


@pytest.mark.parametrize("state", [BroadcastState.DRAFT, BroadcastState.RUNNING, BroadcastState.FINISHED])
def test_a_viewer_looks_on(victor: Client, draft: Broadcast, state: BroadcastState) -> None:
    Broadcast.objects.update(state=state)
    shown = page(victor, "admin:broadcasts_broadcast_change", draft.pk)
    assert "data-do=" not in shown and 'data-testid="launch"' not in shown and "report-csv" in shown
    assert reverse(ADD) not in page(victor, LIST)
    assert 'data-testid="import-file"' not in page(victor, AUDIENCE)
    assert victor.get(reverse(ADD)).status_code == 403


def test_others_see_none(bob: Client, draft: Broadcast) -> None:
    assert bob.get(reverse("admin:broadcasts_broadcast_change", args=[draft.pk])).status_code == 404


def test_what_is_being_deleted_has_no_page(alice: Client, draft: Broadcast) -> None:
    Broadcast.objects.update(deleted_at=draft.created_at)
    assert alice.get(reverse("admin:broadcasts_broadcast_change", args=[draft.pk])).status_code == 404


def test_a_name_cannot_break_out_of_the_page(alice: Client, draft: Broadcast) -> None:
    for state in (BroadcastState.DRAFT, BroadcastState.PAUSED):
        Broadcast.objects.update(state=state)
        assert "<script>alert(1)" not in page(alice, "admin:broadcasts_broadcast_change", draft.pk)
