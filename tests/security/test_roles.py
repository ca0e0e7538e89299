"""What each role may do, and that nothing outside of its workspace exists for it."""

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

SESSIONS = "/api/v1/sessions"
# What is asked for, and which roles may: method, path below a session, body.
ALLOWED = [
    ("get", "", None, Role.values),
    ("get", "/messages", None, Role.values),
    ("get", "/qr", None, ["operator", "admin", "owner"]),
    ("get", "/pairing-code", None, ["operator", "admin", "owner"]),
    ("post", "/messages", {"to": "+34600111222", "text": "Hello"}, ["operator", "admin", "owner"]),
    ("post", "/stop", {}, ["operator", "admin", "owner"]),
    ("patch", "", {"name": "Other"}, ["admin", "owner"]),
    ("put", "/proxy", {"url": "http://10.0.0.1:3128"}, ["admin", "owner"]),
    ("delete", "", None, ["operator", "admin", "owner"]),
]


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_what_it_should_and_nothing_else(people: dict[str, User], workspace: Workspace, role: str) -> None:
    client = factories.client(people[role])
    for method, path, body, allowed in ALLOWED:
        session = factories.connected_session(workspace)
        answer = getattr(client, method)(f"{SESSIONS}/{session.id}{path}", body, format="json")
        if role in allowed:
            assert answer.status_code in {200, 201, 202, 204, 409}, (role, method, path, answer.content)
        else:
            assert answer.status_code == 403, (role, method, path)
            assert answer.json()["error"]["code"] == "role_too_low"


def test_roles_differ_by_workspace(
    workspace: Workspace, elsewhere: Workspace, session: Session, foreign: Session
) -> None:
    user = factories.user("erin", workspace=workspace, role=Role.OPERATOR)
    Membership.objects.create(user=user, workspace=elsewhere, role=Role.VIEWER)
    client = factories.client(user)

    assert client.post(f"{SESSIONS}/{session.id}/stop").status_code == 202
    refused = client.post(f"{SESSIONS}/{foreign.id}/stop")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "role_too_low")
    assert client.get(f"{SESSIONS}/{foreign.id}").status_code == 200
    assert client.post(SESSIONS, {"name": "x", "workspace": str(elsewhere.id)}, format="json").status_code == 403
    assert client.post(SESSIONS, {"name": "x"}, format="json").json()["workspace"] == str(workspace.id)


def test_what_is_elsewhere_does_not_exist(owner: User, foreign: Session) -> None:
    client = factories.client(owner)
    for method, path, body, _ in ALLOWED:
        answer = getattr(client, method)(f"{SESSIONS}/{foreign.id}{path}", body, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "session_not_found")


def test_a_method_that_there_is_not_is_no_matter_of_roles(people: dict[str, User]) -> None:
    assert factories.client(people[Role.VIEWER]).put(SESSIONS, {}, format="json").status_code == 405


def test_nobody_gets_in_without_credentials(session: Session) -> None:
    assert APIClient().get(f"{SESSIONS}/{session.id}").status_code == 401
