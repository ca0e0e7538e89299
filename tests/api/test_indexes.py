"""No query that a client can repeat at will reads a whole table."""

from typing import Any

import pytest
from django.db.models import QuerySet

from messaging.models import Message
from messaging.selectors import in_chat, messages_of
from sessions_app.models import Session
from sessions_app.selectors import sessions_visible
from tests import factories
from whatsapp_api.accounts.models import User
from whatsapp_api.events.models import Event, EventCounter
from whatsapp_api.events.selectors import log
from whatsapp_api.events.subscriptions import Wanted


def queries(user: User, session: Session) -> dict[str, QuerySet[Any]]:
    messages = messages_of(session)
    return {
        "sessions": sessions_visible(user).order_by("-id"),
        "one session": sessions_visible(user).filter(pk=session.pk),
        "messages": messages,
        "messages of a chat": messages.filter(in_chat(factories.FRIEND_JID)),
        "messages of a page": messages.filter(id__lt=session.pk),
        "one message": messages.filter(pk=session.pk),
        "a message that is waited for": Message.objects.filter(pk=session.pk),
        "events": log(session.workspace_id, 0, 10, Wanted()),
        "events of a session": log(session.workspace_id, 0, 10, Wanted(frozenset({session.pk}))),
        "counters": EventCounter.objects.filter(pk__in=[session.workspace_id]),
        "oldest event": Event.objects.filter(workspace_id=session.workspace_id).order_by("sequence"),
    }


def test_every_query_uses_an_index(alice: User, connected: Session, database: str) -> None:
    for _ in range(20):
        factories.message(connected)
    for name, query in queries(alice, connected).items():
        plan = query.explain()
        if database == "mongodb":
            assert "IXSCAN" in plan or "IDHACK" in plan or "CLUSTERED_IXSCAN" in plan, (name, plan)
            assert "COLLSCAN" not in plan, (name, plan)
        else:
            assert "USING" in plan, (name, plan)
            assert "TEMP B-TREE" not in plan, (name, plan)
            assert not [line for line in plan.splitlines() if " SCAN " in f" {line} " and "USING" not in line], (
                name,
                plan,
            )


@pytest.mark.parametrize("name", ["messages", "events"])
def test_pages_need_no_sorting(alice: User, connected: Session, database: str, name: str) -> None:
    if database == "mongodb":
        assert "'stage': 'SORT'" not in queries(alice, connected)[name].explain()
