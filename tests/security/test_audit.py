"""The audit trail: what is in it, and that nobody can quietly change it."""

import json
import logging
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.audit.models import INSTALLATION, AuditEntry, AuditHead
from whatsapp_api.accounts.audit.record import Deed, audit
from whatsapp_api.accounts.audit.retention import audit_prune
from whatsapp_api.accounts.audit.seals import digest_of
from whatsapp_api.accounts.audit.verify import verify
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

SESSIONS = "/api/v1/sessions"
NEVER = {"password": "hunter2", "nested": {"api_token": "wak_secret"}, "name": "x" * 900}


def three() -> None:
    for number in range(3):
        audit(Deed("test", target=f"thing:{number}", before={"name": "a"}, after={"name": "b"}))


def faults() -> str:
    return "; ".join(verify(INSTALLATION).faults)


def test_it_tells_who_changed_what_from_where(owner: User, session: Session) -> None:
    client = factories.client(owner)
    answer = client.patch(
        f"{SESSIONS}/{session.id}",
        {"name": "Renamed"},
        format="json",
        REMOTE_ADDR="203.0.113.9",
        HTTP_USER_AGENT="curl",
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.status) == ("PATCH session", "ok", 200)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("user", str(owner.pk), "the-owner")
    assert (entry.before, entry.after) == ({"name": "Support"}, {"name": "Renamed"})
    assert (entry.address, entry.user_agent, entry.target) == ("203.0.113.9", "curl", f"session:{session.pk}")
    assert entry.chain == session.workspace_id
    assert entry.request_id == answer["X-Request-Id"]


def test_refusals_are_in_it_and_mistakes_are_not(people: dict[str, User], session: Session) -> None:
    viewer, owner = factories.client(people["viewer"]), factories.client(people["owner"])
    viewer.post(f"{SESSIONS}/{session.id}/stop")
    owner.post(f"{SESSIONS}/{session.id}/start", {"method": "pigeon"}, format="json")
    owner.get(f"{SESSIONS}/{session.id}")
    assert [(entry.action, entry.outcome) for entry in AuditEntry.objects.all()] == [("POST session-stop", "denied")]


def test_sends_are_in_it_on_demand(owner: User, session: Session, settings: Any) -> None:
    for wanted in (False, True):
        settings.AUDIT_SENDS = wanted
        body = {"to": "+34600111222", "text": "Hello"}
        factories.client(owner).post(f"{SESSIONS}/{session.id}/messages", body, format="json")
        assert AuditEntry.objects.count() == int(wanted)


def test_secrets_never_get_in(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    entry = audit(Deed("test", before=NEVER, after=NEVER))
    stored = json.dumps([entry.before, entry.after]) + caplog.text
    assert "hunter2" not in stored
    assert "wak_secret" not in stored
    assert len(entry.after["name"]) < 600


def test_an_untouched_chain_holds(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    three()
    call_command("audit_verify")
    assert "3 entries, 0 faults, ends at #3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "change", "fault"),
    [
        (2, {"actor_name": "somebody else"}, "#2 was changed"),
        (2, {"after": {"name": "c"}}, "#2 was changed"),
        (1, {"previous": "0" * 64}, "#1 does not follow"),
        (3, {"seal": "x:y"}, ""),
    ],
)
def test_changing_an_entry_shows(db: None, number: int, change: dict[str, Any], fault: str) -> None:
    three()
    AuditEntry.retention.filter(number=number).update(**change)
    assert fault in faults()
    if fault:
        with pytest.raises(CommandError):
            call_command("audit_verify")


def test_a_forger_with_the_database_alone_is_found_out(db: None) -> None:
    """Everything is computed anew, as the code would, but without the master key."""
    three()
    entry = AuditEntry.objects.get(number=3)
    entry.actor_name = "somebody else"
    AuditEntry.retention.filter(pk=entry.pk).update(actor_name=entry.actor_name, digest=digest_of(entry))
    AuditHead.objects.update(digest=digest_of(entry))
    assert "#3 was forged" in faults()
    assert "the end was forged" in faults()


@pytest.mark.parametrize(("number", "fault"), [(1, "#1 is missing"), (2, "#2 is missing"), (3, "ends at #2, but #3")])
def test_removing_an_entry_shows(db: None, number: int, fault: str) -> None:
    three()
    AuditEntry.retention.filter(number=number).delete()
    assert fault in faults()


def test_cutting_off_the_end_with_its_head_shows(db: None) -> None:
    three()
    last = AuditEntry.objects.get(number=2)
    AuditEntry.retention.filter(number=3).delete()
    AuditHead.objects.update(number=2, digest=last.digest)
    assert "the end was forged" in faults()


def test_the_code_has_no_way_to_change_it(db: None) -> None:
    three()
    entry = AuditEntry.objects.get(number=1)
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="x")


def test_retention_keeps_the_chain(db: None) -> None:
    three()
    AuditEntry.retention.filter(number__lte=2).update(at="2001-01-01T00:00:00Z")
    assert "changed" in faults()  # the times are part of it
    assert audit_prune(30) == 2
    assert verify(INSTALLATION).faults == []
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["audit.prune", "test"]
    AuditHead.objects.update(first_number=4, first_previous=AuditEntry.objects.get(number=3).digest)
    AuditEntry.retention.filter(number=3).delete()
    assert "forged beginning" in faults()


def test_workspaces_have_chains_of_their_own(workspace: Workspace, elsewhere: Workspace) -> None:
    for where in (workspace, elsewhere, workspace):
        audit(Deed("test"), workspace_id=where.pk)
    assert [AuditHead.objects.get(pk=where.pk).number for where in (workspace, elsewhere)] == [2, 1]


@pytest.mark.parametrize(
    ("address", "body", "change"),
    [
        ("audience/contacts", {"to": "+34600111222"}, {"name": "Ana"}),
        ("audience/lists", {"name": "A list"}, {"name": "Another"}),
        ("broadcasts", {"name": "News"}, {"name": "Old news"}),
        ("templates", {"name": "hello", "content": {"text": "Hello"}}, {"description": "A greeting"}),
        ("webhooks", {"url": "https://example.com/hook"}, {"name": "Ours"}),
    ],
)
def test_who_belongs_to_two_workspaces_leaves_entries_where_the_row_is(
    owner: User, elsewhere: Workspace, settings: Any, address: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    settings.AUDIT_SENDS = True
    Membership.objects.create(user=owner, workspace=elsewhere, role=Role.OWNER)
    client = factories.client(owner)
    made = client.post(f"/api/v1/{address}", {**body, "workspace": str(elsewhere.pk)}, format="json")
    assert made.status_code == 201, made.content
    changed = client.patch(f"/api/v1/{address}/{made.json()['id']}", change, format="json")
    assert changed.status_code == 200, changed.content
    assert [entry.chain for entry in AuditEntry.objects.order_by("id")] == [elsewhere.pk] * 2


def test_a_denied_request_is_in_the_trail_of_the_row_it_was_about(
    people: dict[str, User], session: Session, elsewhere: Workspace
) -> None:
    viewer = people["viewer"]
    Membership.objects.create(user=viewer, workspace=elsewhere, role=Role.OPERATOR)  # may send there, not here
    assert factories.client(viewer).post(f"{SESSIONS}/{session.id}/stop").status_code == 403
    assert AuditEntry.objects.get().chain == session.workspace_id
