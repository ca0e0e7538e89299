"""The event log over REST."""

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Membership, User
from whatsapp_api.events.models import EventType
from whatsapp_api.events.publish import publish

EVENTS = "/api/v1/events"


def happen(session: Session, number: int, kind: EventType = EventType.SESSION_STATUS) -> None:
    publish(kind, workspace_id=session.workspace_id, session_id=session.pk, payload={"number": number})


def test_it_pages_through_the_log_in_order(api: APIClient, connected: Session) -> None:
    for number in range(1, 6):
        happen(connected, number)

    first = api.get(EVENTS, {"limit": 2}).json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    pages = [first, second, third]
    assert [[event["sequence"] for event in page["results"]] for page in pages] == [[1, 2], [3, 4], [5]]
    assert third["next"] is None
    assert third["last_sequence"] == 5
    assert api.get(EVENTS, {"since": 5}).json() == {"next": None, "last_sequence": 5, "results": []}


def test_it_filters(api: APIClient, connected: Session) -> None:
    other = factories.connected_session(connected.workspace, "Other")
    happen(connected, 1, EventType.MESSAGE)
    happen(other, 2, EventType.MESSAGE)
    happen(connected, 3)

    page = api.get(EVENTS, {"session": str(connected.id), "event": "message.*"}).json()

    assert [event["payload"]["number"] for event in page["results"]] == [1]
    assert page["last_sequence"] == 3


def test_it_shows_nothing_of_others(strangers_api: APIClient, connected: Session) -> None:
    happen(connected, 1)

    assert strangers_api.get(EVENTS).json()["results"] == []
    answer = strangers_api.get(EVENTS, {"session": str(connected.id)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "session_not_found")


def test_members_of_several_workspaces_choose_one(api: APIClient, alice: User, connected: Session) -> None:
    Membership.objects.create(user=alice, workspace=factories.workspace("Second"))
    happen(connected, 1)

    for query in ({}, {"since": f"{connected.workspace_id}:0"}):
        assert api.get(EVENTS, query).json()["error"]["code"] == "invalid_filter"
    assert len(api.get(EVENTS, {"workspace": str(connected.workspace_id)}).json()["results"]) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"since": "x"}, "invalid_filter"),
        ({"since": "1"}, "invalid_filter"),
        ({"event": "x"}, "invalid_filter"),
        ({"session": "\x00"}, "invalid_filter"),
        ({"typo": "1"}, "invalid_filter"),
        ({"limit": "0"}, "invalid_limit"),
        ({"token": "secret"}, "token_in_url"),
    ],
)
def test_it_refuses_bad_queries(api: APIClient, query: dict[str, str], code: str) -> None:
    answer = api.get(EVENTS, query)

    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code
