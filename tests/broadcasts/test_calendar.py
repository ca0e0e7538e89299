"""What is planned, over REST: single broadcasts, and the times of recurring ones that are still to come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.broadcasts.models import Broadcast, BroadcastState
from tests import factories
from whatsapp_api.accounts.models import Workspace

pytestmark = pytest.mark.django_db
PATH = "/api/v1/broadcasts/calendar"
MONDAY = datetime(2030, 3, 4, 9, tzinfo=UTC)
WEEK = {"since": "2030-03-04T00:00:00Z", "until": "2030-03-11T00:00:00Z"}


@pytest.fixture
def workspace() -> Workspace:
    return factories.workspace()


@pytest.fixture
def api(workspace: Workspace) -> APIClient:
    return factories.client(factories.user("alice", workspace=workspace))


def plan(workspace: Workspace, name: str, **columns: Any) -> Broadcast:
    fields = {"state": BroadcastState.SCHEDULED, "scheduled_at": MONDAY, **columns}
    return Broadcast.objects.create(workspace=workspace, name=name, **fields)


def shown(api: APIClient) -> list[tuple[str, str]]:
    return [(each["name"], each["at"][:10]) for each in api.get(PATH, WEEK).json()["results"]]


def test_it_shows_what_begins_in_these_days(api: APIClient, workspace: Workspace) -> None:
    plan(workspace, "on Monday")
    plan(workspace, "a week later", scheduled_at=MONDAY + timedelta(days=7))
    plan(workspace, "given up", state=BroadcastState.CANCELLED)
    plan(workspace, "deleted", deleted_at=timezone.now())
    plan(factories.workspace("Elsewhere"), "of others")
    plan(workspace, "began", state=BroadcastState.FINISHED, started_at=MONDAY + timedelta(days=1))
    assert shown(api) == [("on Monday", "2030-03-04"), ("began", "2030-03-05")]


def test_a_recurring_one_shows_all_its_times(api: APIClient, workspace: Workspace) -> None:
    plan(workspace, "menu", recurrence="FREQ=WEEKLY;BYDAY=MO,TH", scheduled_at=MONDAY - timedelta(days=4))
    assert shown(api) == [("menu", "2030-03-04"), ("menu", "2030-03-07")]


def test_its_times_follow_the_clocks_of_its_zone(api: APIClient, workspace: Workspace) -> None:
    """Europe sets its clocks on the 31st."""
    first = datetime(2030, 3, 30, 8, tzinfo=UTC)
    plan(workspace, "daily", recurrence="FREQ=DAILY", scheduled_at=first, time_zone="Europe/Madrid")
    span = {"since": "2030-03-30T00:00:00Z", "until": "2030-04-02T00:00:00Z"}
    assert [each["at"][11:13] for each in api.get(PATH, span).json()["results"]] == ["08", "07", "07"]


@pytest.mark.parametrize("until", ["2030-03-03T00:00:00Z", "2031-03-04T00:00:00Z", "soon"])
def test_a_bad_span_is_refused(api: APIClient, until: str) -> None:
    answer = api.get(PATH, {**WEEK, "until": until})
    assert answer.status_code == 400
    assert "until" in answer.json()["error"]["fields"]
