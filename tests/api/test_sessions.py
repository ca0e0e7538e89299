"""Create, read, rename, delete; and who sees what."""

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Desired, Session
from tests import factories
from whatsapp_api.accounts.models import Role, Workspace

SESSIONS = "/api/v1/sessions"


def test_it_creates_a_session_in_the_callers_workspace(api: APIClient, workspace: Workspace) -> None:
    answer = api.post(SESSIONS, {"name": "Support", "provider": "sandbox"}, format="json")

    assert answer.status_code == 201
    created = answer.json()
    assert answer["Location"] == f"{SESSIONS}/{created['id']}"
    assert created["workspace"] == str(workspace.id)
    assert (created["name"], created["provider"], created["state"]) == ("Support", "sandbox", "STOPPED")
    assert api.get(answer["Location"]).json() == created


def test_it_lists_newest_first_in_pages(api: APIClient, workspace: Workspace) -> None:
    ids = [str(factories.session(workspace, f"Number {number}").id) for number in range(5)]

    first = api.get(SESSIONS, {"limit": 3}).json()
    second = api.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == ids[::-1]
    assert second["next"] is None


def test_it_filters_the_list(api: APIClient, workspace: Workspace) -> None:
    factories.session(workspace)
    connected = factories.connected_session(workspace, "Sales desk")

    for query in ({"state": "CONNECTED"}, {"name": "Sales desk"}):
        assert [row["id"] for row in api.get(SESSIONS, query).json()["results"]] == [str(connected.id)]
    assert api.get(SESSIONS, {"name": "Sales"}).json()["results"] == []
    assert api.get(SESSIONS, {"state": "NONSENSE"}).json()["error"]["code"] == "validation_error"


def test_it_renames(api: APIClient, connected: Session) -> None:
    answer = api.patch(f"{SESSIONS}/{connected.id}", {"name": "Sales"}, format="json")

    assert (answer.status_code, answer.json()["name"]) == (200, "Sales")


def test_it_deletes_at_once_for_every_reader(api: APIClient, connected: Session) -> None:
    assert api.delete(f"{SESSIONS}/{connected.id}").status_code == 204

    assert api.get(f"{SESSIONS}/{connected.id}").json()["error"]["code"] == "session_not_found"
    assert api.get(SESSIONS).json()["results"] == []
    connected.refresh_from_db()
    assert connected.deleted_at is not None
    assert connected.desired == Desired.STOPPED


def test_it_hides_sessions_of_other_workspaces(strangers_api: APIClient, connected: Session) -> None:
    address = f"{SESSIONS}/{connected.id}"

    assert strangers_api.get(SESSIONS).json()["results"] == []
    for method, path in [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("post", "/start"),
        ("post", "/stop"),
        ("post", "/restart"),
        ("post", "/logout"),
        ("get", "/qr"),
        ("get", "/pairing-code"),
        ("post", "/pairing-code"),
        ("get", "/messages"),
        ("post", "/messages"),
    ]:
        answer = strangers_api.generic(method.upper(), address + path, "{}", content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "session_not_found"), (method, path)


def test_it_refuses_a_workspace_of_others(api: APIClient) -> None:
    elsewhere = factories.workspace("Elsewhere")

    answer = api.post(SESSIONS, {"name": "Spy", "workspace": str(elsewhere.id)}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["workspace"]


def test_it_tells_a_user_without_workspace_what_to_do(db: None) -> None:
    answer = factories.client(factories.user("newcomer")).post(SESSIONS, {"name": "First"}, format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "no_workspace")


def test_it_lets_viewers_only_look(workspace: Workspace, connected: Session) -> None:
    viewer = factories.client(factories.user("victor", workspace=workspace, role=Role.VIEWER))

    assert viewer.get(f"{SESSIONS}/{connected.id}").status_code == 200
    assert viewer.post(f"{SESSIONS}/{connected.id}/stop").json()["error"]["code"] == "role_too_low"
    assert viewer.post(SESSIONS, {"name": "Mine"}, format="json").json()["error"]["code"] == "role_too_low"


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 101, "nul\x00byte", None, {"a": 1}, ["list"], True], ids=lambda value: repr(value)[:12]
)
def test_it_refuses_names_that_are_none(api: APIClient, name: object) -> None:
    answer = api.post(SESSIONS, {"name": name}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["name"]


def test_it_refuses_fields_that_there_are_not(api: APIClient) -> None:
    answer = api.post(SESSIONS, {"name": "Support", "provder": "sandbox"}, format="json")

    assert answer.status_code == 400
    [[sentence]] = answer.json()["error"]["fields"].values()
    assert sentence.startswith("There is no such field; there are ")
    assert "provider, workspace" in sentence
