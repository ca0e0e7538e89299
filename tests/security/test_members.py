"""Workspaces and their members over REST: owners are made by owners, one always stays, keys change nothing."""

import threading
from typing import Any

import pytest
from django.db import close_old_connections, connection
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.audit.models import AuditEntry
from whatsapp_api.accounts.authority import Authority
from whatsapp_api.accounts.keys.services import key_create
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

NEW_PASSWORD = "a long and quiet river"


def members(workspace: Workspace) -> str:
    return f"/api/v1/workspaces/{workspace.pk}/members"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_admins_list_members_and_others_do_not(people: dict[str, User], workspace: Workspace) -> None:
    answer = factories.client(people["admin"]).get(members(workspace)).json()
    assert {(each["username"], each["role"]) for each in answer["results"]} == {
        (f"the-{role}", role) for role in Role.values
    }
    assert code(factories.client(people["operator"]).get(members(workspace))) == (403, "role_too_low")


def test_an_invitation_makes_an_account_and_sets_its_password_once(owner: User, workspace: Workspace) -> None:
    body = {"username": "carol", "role": "operator", "invite": True, "email": "carol@example.org"}
    answer = factories.client(owner).post(members(workspace), body, format="json")
    assert (answer.status_code, answer.json()["has_password"]) == (201, False)
    assert answer["Cache-Control"] == "no-store"
    given = {"invitation": answer.json()["invitation"], "password": NEW_PASSWORD}
    nobody, weak = APIClient(), {**given, "password": "12345678"}
    assert code(nobody.post("/api/v1/auth/invitation", weak, format="json")) == (400, "validation_error")
    assert nobody.post("/api/v1/auth/invitation", given, format="json").status_code == 204
    assert code(nobody.post("/api/v1/auth/invitation", given, format="json")) == (401, "invitation_not_valid")
    login = {"username": "carol", "password": NEW_PASSWORD}
    assert nobody.post("/api/v1/auth/token", login, format="json").status_code == 200
    assert given["invitation"] not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("invitation", ["", "x", "AA.bb", "AZoC0eGAcNmkiKo-yaxwRQ.cz9-abc", "\x00.\x00"])
def test_invitations_cannot_be_made_up(db: None, invitation: str) -> None:
    body = {"invitation": invitation, "password": NEW_PASSWORD}
    answer = APIClient().post("/api/v1/auth/invitation", body, format="json")
    assert answer.status_code in {400, 401}


def test_an_invitation_cannot_take_over_an_account_in_use(owner: User, workspace: Workspace) -> None:
    """Nor may somebody be invited under the name of another, however it is written."""
    for name in ("the-owner", "THE-OWNER", "ｔｈｅ-ｏｗｎｅｒ"):
        body = {"username": name, "role": "viewer", "invite": True}
        answer = factories.client(owner).post(members(workspace), body, format="json")
        assert code(answer) == (409, "username_taken"), name


def test_somebody_with_an_account_is_added_by_name(owner: User, workspace: Workspace) -> None:
    dora, api = factories.user("dora"), factories.client(owner)
    body = {"username": "dora", "role": "viewer"}
    answer = api.post(members(workspace), body, format="json")
    assert (answer.status_code, answer.json()["invitation"]) == (201, None)
    assert membership(dora).role == Role.VIEWER
    assert code(api.post(members(workspace), body, format="json")) == (409, "already_member")
    absent = {"username": "nobody-here", "role": "viewer"}
    assert code(api.post(members(workspace), absent, format="json")) == (404, "user_not_found")


def test_only_owners_make_change_and_remove_owners(people: dict[str, User], workspace: Workspace) -> None:
    api, owners = factories.client(people["admin"]), membership(people["owner"])
    factories.user("eve")
    refused = (403, "owner_needed")
    body = {"username": "eve", "role": "owner"}
    assert code(api.post(members(workspace), body, format="json")) == refused
    assert code(api.post(members(workspace), {**body, "username": "new", "invite": True}, format="json")) == refused
    assert code(api.patch(f"{members(workspace)}/{owners.pk}", {"role": "viewer"}, format="json")) == refused
    assert code(api.delete(f"{members(workspace)}/{owners.pk}")) == refused
    me = membership(people["admin"])
    assert code(api.patch(f"{members(workspace)}/{me.pk}", {"role": "owner"}, format="json")) == refused
    assert not User.objects.filter(username="new").exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_owner_stays_one(owner: User, people: dict[str, User], workspace: Workspace) -> None:
    api, mine = factories.client(owner), f"{members(workspace)}/{membership(owner).pk}"
    assert code(api.patch(mine, {"role": "admin"}, format="json")) == (409, "last_owner")
    assert code(api.delete(mine)) == (409, "last_owner")
    other = membership(people["admin"])
    assert api.patch(f"{members(workspace)}/{other.pk}", {"role": "owner"}, format="json").json()["role"] == "owner"
    assert api.delete(mine).status_code == 204
    assert code(api.get(members(workspace)))[0] in {403, 404}  # at once


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_demote_each_other_at_once(owner: User, workspace: Workspace) -> None:
    second = factories.user("second", workspace=workspace, role=Role.OWNER)
    pairs = [(owner, membership(second)), (second, membership(owner))]
    start, answers = threading.Barrier(2), []

    def demote(who: User, member: Membership) -> None:
        try:
            start.wait()
            path = f"{members(workspace)}/{member.pk}"
            answers.append(factories.client(who).patch(path, {"role": "viewer"}, format="json").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()
    assert answers.count(200) == 1, answers
    assert Membership.objects.filter(workspace=workspace, role=Role.OWNER).count() == 1


def test_keys_look_but_change_no_member_and_no_workspace(owner: User, workspace: Workspace) -> None:
    made = key_create(authority=Authority(owner), workspace_id=workspace.pk, name="all", scopes=["admin", "read"])
    api = APIClient(HTTP_X_API_KEY=made[1])
    assert api.get(members(workspace)).status_code == 200
    body = {"username": "the-viewer", "role": "admin"}
    assert code(api.post(members(workspace), body, format="json")) == (403, "people_only")
    path = f"/api/v1/workspaces/{workspace.pk}"
    assert code(api.patch(path, {"networks": []}, format="json")) == (403, "people_only")
    assert code(api.delete(f"{members(workspace)}/{membership(owner).pk}")) == (403, "people_only")


def test_a_workspace_tells_its_settings_and_changes_them(people: dict[str, User], workspace: Workspace) -> None:
    path = f"/api/v1/workspaces/{workspace.pk}"
    shown = factories.client(people["viewer"]).get(path).json()
    assert (shown["name"], shown["role"], shown["bodies"]) == ("Main", "viewer", "stored")
    assert code(factories.client(people["operator"]).patch(path, {"name": "X"}, format="json")) == (403, "role_too_low")
    changes = {"bodies": "encrypted", "body_keep_hours": 48}
    changed = factories.client(people["admin"]).patch(path, changes, format="json").json()
    assert (changed["bodies"], changed["body_keep_hours"], changed["bodies_converting"]) == ("encrypted", 48, True)
    entry = AuditEntry.objects.filter(action="PATCH workspace", outcome="ok").get()
    assert entry.before == {"bodies": "stored", "body_keep_hours": 0}
    assert entry.after == changes


def test_nobody_locks_themselves_out(owner: User, workspace: Workspace) -> None:
    path, api = f"/api/v1/workspaces/{workspace.pk}", factories.client(owner)
    body = {"networks": ["203.0.113.0/24"]}
    assert code(api.patch(path, body, format="json", REMOTE_ADDR="198.51.100.1")) == (409, "locks_you_out")
    assert api.patch(path, body, format="json", REMOTE_ADDR="203.0.113.7").json()["networks"] == body["networks"]


def test_superusers_make_workspaces_and_others_do_not(owner: User, workspace: Workspace) -> None:
    body = {"name": "Second"}
    assert code(factories.client(owner).post("/api/v1/workspaces", body, format="json")) == (403, "superuser_needed")
    root = factories.client(factories.superuser())
    made = root.post("/api/v1/workspaces", body, format="json")
    assert made.status_code == 201
    listed = root.get("/api/v1/workspaces").json()["results"]
    assert [each["name"] for each in listed] == ["Second", "Main"]
    assert [each["name"] for each in factories.client(owner).get("/api/v1/workspaces").json()["results"]] == ["Main"]


def test_a_removed_member_loses_the_sessions_at_once(
    owner: User, people: dict[str, User], workspace: Workspace, session: Session
) -> None:
    operator = factories.client(people["operator"])
    path = f"/api/v1/sessions/{session.pk}"
    assert operator.get(path).status_code == 200
    factories.client(owner).delete(f"{members(workspace)}/{membership(people['operator']).pk}")
    assert operator.get(path).status_code in {403, 404}
