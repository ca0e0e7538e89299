"""No query that a client can repeat at will reads a whole table."""

import uuid
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from messaging.audience.models import Addressee, ContactImport, ImportProblem, ListMember, Removal, Suppression
from messaging.broadcasts.models import Broadcast, BroadcastCheck, BroadcastRecipient
from messaging.chats.selectors import chats_of
from messaging.models import Chat, Message
from messaging.selectors import in_chat, messages_of
from sessions_app.models import Session
from sessions_app.selectors import sessions_visible
from tests import factories
from whatsapp_api.accounts.models import User
from whatsapp_api.events.models import Event, EventCounter
from whatsapp_api.events.selectors import log
from whatsapp_api.events.subscriptions import Wanted


def audience_queries(workspace_id: uuid.UUID) -> dict[str, QuerySet[Any]]:
    people, now = Addressee.objects.filter(workspace_id=workspace_id), timezone.now()
    some = uuid.uuid4()
    return {
        "contacts": people.order_by("-id"),
        "a page of the audience": people.filter(id__gt=some).order_by("id"),
        "contacts by address": people.filter(jid__in=[factories.FRIEND_JID]).order_by(),
        "members of a list": ListMember.objects.filter(list_id=some, id__gt=some).order_by("id"),
        "lists of a contact": ListMember.objects.filter(addressee_id=some).order_by(),
        "who is suppressed": Suppression.objects.filter(workspace_id=workspace_id, jid__in=["a"]).order_by(),
        "suppressions": Suppression.objects.filter(workspace_id=workspace_id).order_by("-id"),
        "imports": ContactImport.objects.filter(workspace_id=workspace_id).order_by("-id"),
        "imports that nobody works on": ContactImport.objects.filter(state="running", alive_at=None).order_by(),
        "removals that nobody works on": Removal.objects.filter(state="running", alive_at__lt=now).order_by(),
        "refused rows": ImportProblem.objects.filter(contact_import_id=some).order_by("row"),
    }


def broadcast_queries(workspace_id: uuid.UUID, session_id: uuid.UUID) -> dict[str, QuerySet[Any]]:
    some, now = uuid.uuid4(), timezone.now()
    rows = BroadcastRecipient.objects.filter(broadcast_id=some)
    pending = rows.filter(session_id=session_id, state="pending")
    fed = BroadcastRecipient.objects.filter(session_id=session_id, fed_at__gt=now)
    return {
        "broadcasts": Broadcast.objects.filter(workspace_id=workspace_id, deleted_at=None).order_by("-id"),
        "broadcasts that are due": Broadcast.objects.filter(state="scheduled", scheduled_at__lte=now).order_by(
            "scheduled_at"
        ),
        "broadcasts that run": Broadcast.objects.filter(state="running").order_by(),
        "recipients": rows.order_by("-id"),
        "recipients in a state": rows.filter(state="failed").order_by("-id"),
        "recipients by address": rows.filter(jid__in=["a"]).order_by(),
        "next recipients": pending.filter(due_at__lte=now).order_by("due_at", "id"),
        "what a session sent lately": fed.order_by("-fed_at"),
        "a message's recipient": BroadcastRecipient.objects.filter(message_id=some).order_by(),
        "who replied": BroadcastRecipient.objects.filter(jid="a", session_id=session_id).order_by(),
        "the check of a broadcast": BroadcastCheck.objects.filter(broadcast_id=some).order_by(),
    }


def queries(user: User, session: Session) -> dict[str, QuerySet[Any]]:
    messages = messages_of(session)
    return {
        **audience_queries(session.workspace_id),
        **broadcast_queries(session.workspace_id, session.pk),
        "sessions": sessions_visible(user).order_by("-id"),
        "one session": sessions_visible(user).filter(pk=session.pk),
        "messages": messages,
        "messages of a chat": messages.filter(in_chat(factories.FRIEND_JID)),
        "messages of a page": messages.filter(id__lt=session.pk),
        "one message": messages.filter(pk=session.pk),
        "a message that is waited for": Message.objects.filter(pk=session.pk),
        "chats": chats_of(session),
        "one chat": Chat.objects.filter(session=session, jid=factories.FRIEND_JID).order_by(),
        "a chat by its LID": Chat.objects.filter(session=session, lid="1@lid").order_by(),
        "history of a chat": messages.filter(chat=factories.FRIEND_JID),
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


@pytest.mark.parametrize("name", ["messages", "events", "chats", "history of a chat"])
def test_pages_need_no_sorting(alice: User, connected: Session, database: str, name: str) -> None:
    if database == "mongodb":
        assert "'stage': 'SORT'" not in queries(alice, connected)[name].explain()
