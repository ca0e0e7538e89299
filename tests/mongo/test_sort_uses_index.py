"""Ordered pages come from an index, however long the table is."""

import json
from typing import Any

import pytest
from django.db.models import F, QuerySet

from messaging.models import Message, MessageState
from sessions_app.models import Session
from tests import factories
from whatsapp_api.events.models import Event
from whatsapp_api.mongo.engine.compiler import sort_first

PAGE = [{"$sort": {"_id": 1}}, {"$skip": 5}, {"$limit": 10}]
MATCH = {"$match": {"a": 1}}


@pytest.mark.parametrize(
    ("pipeline", "arranged"),
    [
        ([MATCH, {"$addFields": {"_id": "$_id"}}, *PAGE], [MATCH, *PAGE]),
        ([MATCH, {"$project": {"_id": 1}}, *PAGE], [MATCH, *PAGE, {"$project": {"_id": 1}}]),
        ([MATCH, {"$project": {"_id": "$other"}}, *PAGE], [MATCH, {"$project": {"_id": "$other"}}, *PAGE]),
        ([MATCH, {"$project": {"b": 1}}, *PAGE], [MATCH, {"$project": {"b": 1}}, *PAGE]),
        (
            [MATCH, {"$addFields": {"b": {"$add": [1, 2]}, "_id": "$_id"}}],
            [MATCH, {"$addFields": {"b": {"$add": [1, 2]}}}],
        ),
        ([MATCH], [MATCH]),
        ([], []),
    ],
)
def test_it_sorts_before_what_does_not_concern_the_sort(pipeline: list[Any], arranged: list[Any]) -> None:
    assert sort_first(pipeline) == arranged


@pytest.fixture
def session(db: None) -> Session:
    session = factories.connected_session(factories.workspace())
    for number in range(50):
        factories.message(session, text=str(number), state=MessageState.QUEUED if number % 2 else MessageState.RECEIVED)
    return session


def pages(session: Session) -> list[QuerySet[Any]]:
    messages = Message.objects.filter(session=session)
    queued = messages.filter(state=MessageState.QUEUED)
    return [
        messages.order_by("-id")[:5],
        messages.order_by("-id").values_list("id", "text")[10:15],
        queued.order_by("id")[:1],
        queued.order_by("id").values_list("pk", flat=True)[:10],
        Event.objects.filter(workspace_id=session.workspace_id, sequence__gt=0).order_by("sequence")[:5],
    ]


def test_pages_are_read_from_an_index(session: Session, database: str) -> None:
    if database != "mongodb":
        pytest.skip("about MongoDB")
    for page in pages(session):
        plan = json.loads(page.explain())
        planner = plan.get("queryPlanner") or plan["stages"][0]["$cursor"]["queryPlanner"]
        assert not [stage for stage in plan.get("stages", []) if "$sort" in stage], page.query
        assert '"SORT"' not in json.dumps(planner["winningPlan"]), page.query


def test_pages_hold_what_they_should(session: Session) -> None:
    """On both databases alike."""
    messages = list(Message.objects.filter(session=session).order_by("id"))
    newest, window, oldest_queued, queued, _ = pages(session)
    assert list(newest) == messages[::-1][:5]
    assert list(window) == [(message.id, message.text) for message in messages[::-1][10:15]]
    assert list(oldest_queued) == messages[1:2]
    assert list(queued) == [message.pk for message in messages[1::2][:10]]
    annotated = Message.objects.filter(session=session).annotate(said=F("text")).order_by("said").values_list("said")
    assert [said for (said,) in annotated[:2]] == ["0", "1"]
