"""The audit trail over REST, and what commands and changes of accounts leave in it."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.audit.models import INSTALLATION, AuditEntry
from whatsapp_api.accounts.audit.record import Deed, audit
from whatsapp_api.accounts.models import Membership, Role, User, Workspace
from whatsapp_api.core import command_trail

URL = "/api/v1/audit"


@pytest.fixture
def entries(workspace: Workspace, elsewhere: Workspace) -> None:
    for number in range(3):
        audit(Deed("test", f"thing:{number}", {"name": "a"}, {"name": "=1+1"}), workspace_id=workspace.pk)
    audit(Deed("test", "theirs"), workspace_id=elsewhere.pk)
    audit(Deed("installed", "all"))


def targets(answer: Any) -> list[str]:
    return [entry["target"] for entry in answer.json()["results"]]


def test_admins_read_their_own_chain_page_by_page(people: dict[str, User], entries: None) -> None:
    api = factories.client(people["admin"])
    first = api.get(f"{URL}?limit=2")
    assert targets(first) == ["thing:2", "thing:1"]
    assert targets(api.get(first.json()["next"])) == ["thing:0"]
    assert factories.client(people["operator"]).get(URL).status_code == 403


def test_superusers_also_read_what_belongs_to_no_workspace(entries: None) -> None:
    found = factories.client(factories.superuser()).get(URL).json()["results"]
    assert {entry["target"] for entry in found} == {"thing:0", "thing:1", "thing:2", "theirs", "all"}
    assert [entry["workspace"] for entry in found if entry["target"] == "all"] == [None]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("target=thing:1", 1),
        ("action=tes", 3),
        ("action=.*", 0),
        ("actor_kind=system&outcome=ok", 3),
        ("actor=nobody", 0),
        ("since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z", 0),
        ("request_id=x", 0),
        ("address=1.2.3.4", 0),
    ],
)
def test_filters_narrow(owner: User, entries: None, query: str, count: int) -> None:
    assert len(factories.client(owner).get(f"{URL}?{query}").json()["results"]) == count


def test_wrong_filters_are_refused(owner: User, entries: None) -> None:
    for query in ("nonsense=1", "outcome=perhaps", "since=yesterday", "actor="):
        for url in (URL, f"{URL}.csv", f"{URL}.ndjson"):
            assert factories.client(owner).get(f"{url}?{query}").status_code == 400, (url, query)


def test_it_is_taken_away_as_a_table_or_as_lines(owner: User, entries: None) -> None:
    api = factories.client(owner)
    answer = api.get(f"{URL}.csv?action=test")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [row["target"] for row in rows] == ["thing:0", "thing:1", "thing:2"]
    assert json.loads(rows[0]["after"]) == {"name": "=1+1"}
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    lines = b"".join(api.get(f"{URL}.ndjson")).decode().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]


def test_checking_finds_what_was_changed(owner: User, workspace: Workspace, entries: None) -> None:
    api = factories.client(owner)
    before = api.get(f"{URL}/verify").json()
    assert (before["intact"], [chain["entries"] for chain in before["chains"]]) == (True, [3])
    assert before["chains"][0]["workspace"] == str(workspace.pk)
    AuditEntry.retention.filter(number=2, chain=workspace.pk).update(target="other")
    after = api.get(f"{URL}/verify").json()
    assert (after["intact"], after["chains"][0]["faults"]) == (False, ["#2 was changed"])


# ---- commands and accounts ------------------------------------------------------------------------
@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As manage.py says it."""

    def running(*arguments: str) -> None:
        monkeypatch.setattr(command_trail, "_running", "")
        command_trail.command_begin(["manage.py", *arguments])

    monkeypatch.setattr(command_trail, "_running", "")
    return running


def test_accounts_made_and_changed_by_commands_are_in_it(db: None, running: Any) -> None:
    running("createsuperuser")
    call_command("createsuperuser", "--noinput", username="mallory", email="m@example.org", verbosity=0)
    made = AuditEntry.objects.get()
    user = User.objects.get(username="mallory")
    assert (made.actor_kind, made.actor_name, made.action) == ("command", "command:createsuperuser", "createsuperuser")
    assert (made.target, made.before, made.chain) == (f"user:{user.pk}", {}, INSTALLATION)
    assert made.after["is_superuser"] is True
    running("changepassword")
    user.set_password("something else entirely")
    user.save()
    changed = AuditEntry.objects.latest("number")
    assert (changed.actor_name, changed.after) == ("command:changepassword", {"password": "•••"})
    assert user.password not in str(list(AuditEntry.objects.values()))


def test_without_a_command_and_a_request_nobody_is_blamed(db: None) -> None:
    factories.user("quiet").save()
    assert not AuditEntry.objects.exists()


def test_the_dashboard_tells_what_of_an_account_changed(workspace: Workspace, db: None) -> None:
    root, bob = factories.superuser(), factories.user("bob", workspace=workspace, role=Role.VIEWER)
    client, member = Client(), Membership.objects.get(user=bob)
    client.force_login(root)
    form = {"username": "bob", "is_staff": "on", "is_active": "on", "email": ""}
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": member.pk, "0-workspace": workspace.pk, "0-role": "admin"}
    form |= {f"memberships-{name}": str(value) for name, value in {**rows, "0-user": bob.pk}.items()}
    answer = client.post(f"/admin/accounts/user/{bob.pk}/change/", form)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.target) == ("root", f"user:{bob.pk}")
    assert entry.after["is_staff"] is True
    assert "admin" in entry.after.values()


def test_commands_that_change_something_are_in_it(session: Session, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("MASTER_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.delenv("MASTER_KEY", raising=False)
    from whatsapp_api.core import master_key_file

    master_key_file.ensure(tmp_path / "master.key")
    call_command("masterkey_generate", "--add", verbosity=0)
    call_command("masterkey_rotate", verbosity=0)
    call_command("sessions_cleanup", verbosity=0)
    call_command("contact_erase", "+34600000002", "--yes")
    call_command("loglevel", "--reset")
    found = {(entry.action, entry.actor_name) for entry in AuditEntry.objects.all()}
    names = ("masterkey_generate", "masterkey_rotate", "sessions_cleanup", "contact_erase", "loglevel")
    assert found == {(name, f"command:{name}") for name in names}
