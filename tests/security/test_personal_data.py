"""Export and erasure of everything about a phone number; retention."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from messaging.audience.models import Addressee
from messaging.broadcasts.models import Broadcast, BroadcastRecipient
from messaging.models import Chat, Contact, Group, Message, NumberCheck, Receipt
from messaging.retention import retain
from sessions_app.models import Session
from tests import factories
from tests.security.rows import workspace_models
from whatsapp_api.accounts.audit.models import AuditEntry
from whatsapp_api.accounts.models import Role, User, Workspace
from whatsapp_api.core.personal_data import holdings
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish

PHONE, JID, LID = "+34600000002", "34600000002@s.whatsapp.net", "777000111@lid"
OTHER = "34600000003@s.whatsapp.net"
# Tables of a workspace that hold nothing about the people it writes to, or only rows that go with others.
HOLDS_NOBODY = {
    "accounts.ApiKey": "programs",
    "accounts.BodyKey": "a sealed key",
    "accounts.AuditEntry": "who works here; targets are ids",
    "messaging.IdempotencyKey": "goes with its message",
    "messaging.Template": "texts of the workspace",
    "sessions_app.Session": "the workspace's own account",
    "sessions_app.SessionKey": "sealed keys",
    "sessions_app.SessionSnapshot": "sealed credentials; WhatsApp's own address book is part of them",
    "events.EventCounter": "a number",
    "webhooks.Endpoint": "addresses of programs",
    "webhooks.Delivery": "of an event, by id; answers of programs",
    "audience.RecipientList": "a name; its members go with their rows",
    "audience.Segment": "a filter",
    "audience.Removal": "counts and ids of lists",
    "broadcasts.Broadcast": "texts of the workspace; its audience are ids",
    "broadcasts.Consent": "words and texts of the workspace",
    "broadcasts.Pacer": "times of a session",
}


@pytest.fixture
def traces(session: Session) -> Session:
    """A person in every table, and somebody else who must stay."""
    factories.message(session, text="from her", push_name="Ann", chat=JID, sender=JID, chat_lid=LID, sender_lid=LID)
    factories.message(session, text="under her other address", chat=LID, sender=LID)
    factories.message(session, text="in a group", chat="1203@g.us", sender=LID, sender_lid=LID)
    factories.message(
        session, text="of another", chat="34600000003@s.whatsapp.net", sender="34600000003@s.whatsapp.net"
    )
    Chat.objects.create(session=session, jid=JID, kind="person", name="Ann", last_at=timezone.now())
    for jid, lid, name in ((JID, LID, "Ann"), (OTHER, "", "Bea")):
        Contact.objects.create(session=session, jid=jid, lid=lid, name=name, full_name=name)
    members = [{"jid": JID, "lid": LID}, {"jid": OTHER, "lid": ""}]
    Group.objects.create(session=session, jid="1203@g.us", subject="Club", owner=JID, participants=members)
    NumberCheck.objects.create(session=session, phone="34600000002", exists=True, jid=JID, checked_at=timezone.now())
    Receipt.objects.create(
        session=session, wa_id="A", kind="read", chat=JID, sender=LID, timestamp=timezone.now(), dedup_key="x"
    )
    spring = Broadcast.objects.create(workspace_id=session.workspace_id, name="Spring")
    for jid in (JID, OTHER):
        BroadcastRecipient.objects.create(broadcast=spring, jid=jid, due_at=timezone.now())
        Addressee.objects.create(workspace_id=session.workspace_id, jid=jid, name="Ann" if jid == JID else "Bea")
        payload = {"chat": {"jid": jid}, "text": f"words for {jid}"}
        publish(EventType.MESSAGE, workspace_id=session.workspace_id, session_id=session.pk, payload=payload)
    return session


def everything() -> str:
    """All that is stored, as text."""
    models = [model for model in apps.get_models() if model.__module__.startswith(("messaging", "whatsapp_api.events"))]
    return "\n".join(str(row) for model in models for row in model._default_manager.values())


def test_every_table_is_either_covered_or_known_to_hold_nobody() -> None:
    covered = {label for holding in holdings() for label in holding.models}
    unknown = {model._meta.label for model in workspace_models()} - covered - set(HOLDS_NOBODY)
    assert not unknown, f"register an eraser (whatsapp_api/core/personal_data.py) for {unknown}"


def test_export_holds_all_addresses_of_the_person(owner: User, traces: Session) -> None:
    answer = factories.client(owner).post("/api/v1/personal-data/export", {"phone": PHONE}, format="json").json()
    assert answer["addresses"] == [JID, LID]
    assert {message["text"] for message in answer["messages"]} == {"from her", "under her other address", "in a group"}
    assert (len(answer["chats"]), len(answer["receipts"]), len(answer["events"])) == (1, 1, 1)
    assert "34600000003" not in json.dumps(answer)


def test_erasing_leaves_nothing_of_the_person_and_all_of_others(owner: User, traces: Session) -> None:
    body = {"phone": PHONE, "confirm": PHONE}
    answer = factories.client(owner).post("/api/v1/personal-data/erase", body, format="json")
    assert answer.json()["erased"] == {
        "media": 0,
        "receipts": 1,
        "broadcast_checks": 0,
        "broadcast_recipients": 1,
        "messages": 3,
        "chats": 1,
        "contacts": 1,
        "groups": 1,
        "number_checks": 1,
        "addressees": 1,
        "suppressions": 0,  # kept: it protects them
        "imports": 0,
        "events": 1,
    }
    left = everything()
    for trace in ("34600000002", "777000111", "Ann", "from her", "in a group"):
        assert trace not in left, trace
    assert "of another" in left
    assert "words for 34600000003" in left
    assert list(Event.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]
    entry = AuditEntry.objects.get()
    assert "34600000002" not in str(AuditEntry.objects.values().get())
    assert entry.after["erased"]["messages"] == 3


def test_another_workspace_is_left_alone(elsewhere: Workspace, traces: Session) -> None:
    bob = factories.user("bob", workspace=elsewhere, role=Role.OWNER)
    before = everything()
    factories.client(bob).post("/api/v1/personal-data/erase", {"phone": PHONE, "confirm": PHONE}, format="json")
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone": PHONE}, "confirm"),
        ({"phone": PHONE, "confirm": "+34600000003"}, "confirm"),
        ({"phone": "nobody", "confirm": "nobody"}, "phone"),
        ({"phone": {"$ne": None}, "confirm": PHONE}, "phone"),
    ],
)
def test_it_asks_twice(owner: User, traces: Session, body: Any, field: str) -> None:
    answer = factories.client(owner).post("/api/v1/personal-data/erase", body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    assert Message.objects.count() == 4


def test_the_commands_do_the_same(traces: Session, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("contact_export", PHONE)
    assert "under her other address" in capsys.readouterr().out
    call_command("contact_erase", PHONE)
    assert "would erase" in capsys.readouterr().out
    assert "from her" in everything()
    call_command("contact_erase", PHONE, "--yes")
    assert "from her" not in everything()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["contact_erase", "contact_export"]


def test_messages_go_after_their_time(workspace: Workspace, session: Session) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(message_keep_days=30)
    old, new = factories.message(session), factories.message(session)
    waiting = factories.message(session, state="queued", direction="out")
    Message.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=timezone.now() - timedelta(days=31))
    assert retain() == 1
    assert set(Message.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}


def test_texts_go_after_their_time_and_what_happened_stays(workspace: Workspace, session: Session) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(body_keep_hours=1)
    old = factories.message(session, text="private words")
    publish(
        EventType.MESSAGE,
        workspace_id=workspace.pk,
        session_id=session.pk,
        payload={"text": "private words", "chat": {"jid": old.chat}},
    )
    long_ago = timezone.now() - timedelta(hours=2)
    Message.objects.update(created_at=long_ago)
    Event.objects.update(created_at=long_ago)
    new = factories.message(session, text="fresh words")
    retain()
    assert "private words" not in everything()
    assert Message.objects.get(pk=old.pk).chat == old.chat
    assert Message.objects.get(pk=new.pk).text == "fresh words"
