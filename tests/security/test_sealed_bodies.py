"""What people write, in a workspace that keeps it sealed: nowhere in the database, and everything goes on working."""

import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from messaging.broadcasts.models import Broadcast
from messaging.inbound import message_store
from messaging.models import Message, MessageState, Template
from messaging.outbox import MessageOutbox
from messaging.retention import retain
from sessions_app.engine.base import MessageReceived, Person, SendFinished
from sessions_app.models import Session
from tests import factories
from tests.database_bytes import database_bytes, raw_rows
from whatsapp_api.accounts.bodies import convert
from whatsapp_api.accounts.bodies.fields import bodies
from whatsapp_api.accounts.bodies.keys import open_keys
from whatsapp_api.accounts.bodies.sealing import body_open, body_seal
from whatsapp_api.accounts.models import Bodies, BodyKey, User, Workspace
from whatsapp_api.core import master_key_file
from whatsapp_api.core.crypto import SealBroken, key_id
from whatsapp_api.core.master_key import MasterKeyUnknown, keyring
from whatsapp_api.events.models import Event

SECRET = "rendezvous"
CONVERTED = "harbour"  # another word, since SQLite leaves it in free pages of its file
FRIEND = Person(jid=factories.FRIEND_JID, lid="100000000002@lid")
numbers = itertools.count()


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "master.key"
    master_key_file.ensure(path)
    monkeypatch.setenv("MASTER_KEY_FILE", str(path))
    monkeypatch.delenv("MASTER_KEY", raising=False)
    return path


@pytest.fixture
def workspace(transactional_db: None, key_file: Path) -> Workspace:
    """Encrypted."""
    return Workspace.objects.create(name="Bank", bodies=Bodies.ENCRYPTED)


def received(session: Session, text: str = f"the {SECRET}", **fields: Any) -> Message:
    wa_id = f"3EB0{next(numbers)}"
    event = {"session": str(session.pk), "wa_id": wa_id, "chat": FRIEND, "sender": FRIEND, "text": text}
    event |= {"timestamp": time.time(), "kind": "text", "from_me": False, "push_name": "Ann"}
    message_store(session, MessageReceived(**{**event, "raw": {"message": {"conversation": text}}, **fields}))
    return Message.objects.get(wa_id=wa_id)


def in_clear() -> bool:
    return SECRET.encode() in database_bytes()


def sent(session: Session, text: str) -> Message:
    """Through the outbox, as the session's owner does it."""
    outbox = MessageOutbox()
    outgoing = outbox.claim(session.pk, claim="w/1")
    assert outgoing is not None
    assert outgoing.content["text"] == text
    outbox.finish(
        session.pk, SendFinished(session=str(session.pk), ref=outgoing.ref, wa_id="SENT1", raw={"text": text})
    )
    return Message.objects.get(wa_id="SENT1")


def test_no_body_is_in_the_database_and_all_is_read_as_before(owner: User, session: Session) -> None:
    api, place = factories.client(owner), f"/api/v1/sessions/{session.pk}"
    first = received(session)
    received(session, kind="reaction", text="", details={"emoji": SECRET, "target": {"wa_id": first.wa_id}})
    body = {"to": "+34600000002", "text": f"my {SECRET}"}
    answer = api.post(f"{place}/messages", body, format="json", HTTP_IDEMPOTENCY_KEY="one")
    assert answer.status_code == 202, answer.json()
    again = api.post(f"{place}/messages", body, format="json", HTTP_IDEMPOTENCY_KEY="one").json()
    assert again["id"] == answer.json()["id"]
    message = sent(session, f"my {SECRET}")
    assert not in_clear()
    shown = api.get(f"{place}/messages/{message.pk}").json()
    assert (shown["text"], shown["content"], shown["state"]) == (f"my {SECRET}", {"text": f"my {SECRET}"}, "sent")
    listed = api.get(f"{place}/messages?direction=in&kind=text").json()["results"]
    assert listed[0]["text"] == f"the {SECRET}"
    chats = api.get(f"{place}/chats").json()["results"]
    assert SECRET in chats[0]["last_message"]["text"]
    assert SECRET in api.get(f"/api/v1/events?session={session.pk}").content.decode()
    assert Message.objects.get(wa_id="SENT1").raw == {"text": f"my {SECRET}"}


def test_edits_votes_and_reschedulings_stay_sealed(owner: User, session: Session) -> None:
    api, place = factories.client(owner), f"/api/v1/sessions/{session.pk}/messages"
    first = received(session, "before")
    received(session, SECRET, kind="edit", details={"text": SECRET, "target": {"wa_id": first.wa_id}})
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    body = {"to": "+34600000002", "text": "draft", "scheduled_at": later}
    message_id = api.post(f"{place}/text", body, format="json").json()["id"]
    changed = api.patch(f"{place}/{message_id}", {"content": {"text": f"new {SECRET}"}}, format="json")
    assert changed.json()["text"] == f"new {SECRET}"
    assert Message.objects.get(pk=first.pk).text == SECRET
    assert not in_clear()


def test_templates_and_broadcasts_are_sealed_too(owner: User, workspace: Workspace, session: Session) -> None:
    api = factories.client(owner)
    body = {"name": "hello", "kind": "text", "content": {"text": f"{SECRET} {{{{name}}}}"}}
    made = api.post("/api/v1/templates", body, format="json")
    assert made.status_code == 201, made.json()
    assert Template.objects.get().fields == {"text": f"{SECRET} {{{{name}}}}"}
    variants = [{"name": "A", "weight": 1, "kind": "text", "content": {"text": SECRET}, "defaults": {}}]
    previews = {"https://a.org": {"url": "https://a.org", "title": SECRET}}
    broadcast = Broadcast.objects.create(workspace=workspace, name="Spring", variants=variants, previews=previews)
    assert Broadcast.objects.get(pk=broadcast.pk).previews == previews
    assert Broadcast.objects.get(pk=broadcast.pk).variants == variants
    assert not in_clear()


def test_search_refuses_and_says_why(owner: User, session: Session) -> None:
    received(session)
    answer = factories.client(owner).get(f"/api/v1/sessions/{session.pk}/messages?q={SECRET}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "search_sealed")


def test_export_and_erasure_work(owner: User, session: Session) -> None:
    received(session)
    api = factories.client(owner)
    export = api.post("/api/v1/personal-data/export", {"phone": "+34600000002"}, format="json").json()
    assert export["messages"][0]["text"] == f"the {SECRET}"
    assert len(export["events"]) == 1
    body = {"phone": "+34600000002", "confirm": "+34600000002"}
    assert api.post("/api/v1/personal-data/erase", body, format="json").json()["erased"]["messages"] == 1
    assert SECRET not in json.dumps([event.payload for event in Event.objects.all()])


def test_the_existing_command_rotates_the_key(session: Session, key_file: Path) -> None:
    message = received(session)
    old, stored = keyring().current().id, Message.objects.filter(pk=message.pk)
    master_key_file.add(key_file)
    call_command("masterkey_rotate", verbosity=0)
    assert key_id(BodyKey.objects.get().sealed) == keyring().current().id != old
    key_file.write_text(key_file.read_text().split()[0])  # the old one is gone
    open_keys.__init__()  # type: ignore[misc]  # as a new process
    assert stored.get().text == f"the {SECRET}"


def test_without_the_master_key_it_says_so(owner: User, session: Session, key_file: Path) -> None:
    message = received(session)
    key_file.write_text(master_key_file.generate())
    open_keys.__init__()  # type: ignore[misc]
    with pytest.raises(MasterKeyUnknown):
        Message.objects.get(pk=message.pk)
    answer = factories.client(owner).get(f"/api/v1/sessions/{session.pk}/messages/{message.pk}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "secret_sealed")


def test_a_body_opens_in_its_own_column_and_workspace_only(workspace: Workspace) -> None:
    sealed = body_seal(SECRET, workspace.pk, "messaging.message.text")
    assert body_open(sealed, "messaging.message.text") == SECRET
    with pytest.raises(SealBroken, match=r"messaging\.message\.raw"):
        body_open(sealed, "messaging.message.raw")
    other = Workspace.objects.create(name="Other", bodies=Bodies.ENCRYPTED)
    swapped = sealed.replace(workspace.body_key.pk.hex, other.body_key.pk.hex)
    with pytest.raises(SealBroken):
        body_open(swapped, "messaging.message.text")
    other.delete()
    open_keys.__init__()  # type: ignore[misc]  # as a new process
    with pytest.raises(SealBroken, match="destroyed"):
        body_open(swapped, "messaging.message.text")


@pytest.mark.parametrize("text", ["wab1:", "wab0:x", "wab1:" + "0" * 32 + ":AAAA", "", "\ud800 lone", "null"])
def test_whatever_people_write_comes_back(session: Session, text: str) -> None:
    assert received(session, text, raw={}).text == text


def test_a_write_that_names_no_owner_is_refused(session: Session) -> None:
    message = received(session)
    with pytest.raises(TypeError, match="Say whose text this is"):
        Message.objects.filter(pk=message.pk).update(text="in clear")
    Message.objects.filter(pk=message.pk).update(**bodies(session.workspace_id, text=SECRET))
    assert Message.objects.get(pk=message.pk).text == SECRET
    assert not in_clear()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[Workspace, str], None]:
    """Change the setting as the API does, and have older rows follow."""
    monkeypatch.setattr(convert, "EVERYWHERE", timedelta(0))

    def change(workspace: Workspace, to: str) -> None:
        workspace.bodies, workspace.bodies_changed_at = to, timezone.now()
        workspace.save()
        retain()
        workspace.refresh_from_db()
        assert workspace.bodies_changed_at is None

    return change


def test_older_rows_follow_the_setting_both_ways(
    owner: User, workspace: Workspace, session: Session, at_once: Callable[[Workspace, str], None]
) -> None:
    at_once(workspace, Bodies.STORED)
    received(session, CONVERTED)
    search = f"/api/v1/sessions/{session.pk}/messages?q={CONVERTED}"
    assert len(factories.client(owner).get(search).json()["results"]) == 1
    assert clear_rows()
    at_once(workspace, Bodies.ENCRYPTED)
    assert not clear_rows()
    assert Message.objects.get().words == []
    at_once(workspace, Bodies.STORED)
    assert len(factories.client(owner).get(search).json()["results"]) == 1


def clear_rows() -> bool:
    """By the rows that are there."""
    return any(CONVERTED in str(row) for table in ("messaging_message", "events_event") for row in raw_rows(table))


def test_what_is_not_stored_goes_once_it_was_delivered(workspace: Workspace, session: Session) -> None:
    workspace.bodies = Bodies.NOT_STORED
    workspace.save()
    done = received(session)
    waiting = factories.message(session, text=f"later {SECRET}", state=MessageState.QUEUED, direction="out")
    assert not in_clear()
    for rows in (Message.objects.filter(pk=done.pk), Event.objects.all()):
        rows.update(created_at=timezone.now() - timedelta(hours=2))
    retain()
    assert Message.objects.get(pk=done.pk).text == ""
    assert Message.objects.get(pk=done.pk).chat == factories.FRIEND_JID
    assert SECRET not in json.dumps([event.payload for event in Event.objects.all()])
    assert Message.objects.get(pk=waiting.pk).text == f"later {SECRET}"
