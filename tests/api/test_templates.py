"""Templates: written once, filled in strictly, sent like any message."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.models import Message, Template
from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Role, Workspace

URL = "/api/v1/templates"
GREETING = {"name": "greeting", "content": {"text": "Hello {{name}}, {{ what }} is ready."}, "defaults": {"what": "it"}}


@pytest.fixture
def api(workspace: Workspace) -> APIClient:
    return factories.client(factories.user("alice", workspace=workspace, role=Role.ADMIN))


@pytest.fixture
def greeting(api: APIClient) -> dict[str, Any]:
    created = api.post(URL, GREETING, format="json")
    assert created.status_code == 201, created.json()
    template: dict[str, Any] = created.json()
    return template


def send(api: APIClient, session: Session, **body: Any) -> Any:
    body = {"to": "+34600000002", "template": "greeting", **body}
    return api.post(f"/api/v1/sessions/{session.pk}/messages/template", body, format="json")


def test_it_is_kept_changed_listed_and_deleted(api: APIClient, greeting: dict[str, Any]) -> None:
    assert (greeting["kind"], greeting["variables"]) == ("text", ["name", "what"])
    url = f"{URL}/{greeting['id']}"
    changed = api.patch(url, {"content": {"text": "Bye {{name}}"}, "defaults": {}}, format="json")
    assert changed.json()["variables"] == ["name"]
    assert api.get(url).json() == changed.json()
    assert [each["name"] for each in api.get(URL, {"name": "greeting"}).json()["results"]] == ["greeting"]
    assert api.delete(url).status_code == 204
    assert api.get(url).json()["error"]["code"] == "template_not_found"


@pytest.mark.parametrize("by", ["id", "name"])
def test_it_is_sent_filled_in(api: APIClient, connected: Session, greeting: dict[str, Any], by: str) -> None:
    answer = send(api, connected, template=greeting[by], variables={"name": "Ana {{what}} {0}", "what": "your bike"})
    assert answer.status_code == 202, answer.json()
    assert answer.json()["text"] == "Hello Ana {{what}} {0}, your bike is ready."
    assert send(api, connected, variables={"name": "Bo"}).json()["text"] == "Hello Bo, it is ready."


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({}, "variables.name"),
        ({"name": "x", "nme": "y"}, "variables.nme"),
        ({"name": 5}, "variables.name"),
        ({"name": "x" * 4097}, "variables.name"),
        ({"a.b": "x"}, "variables"),
    ],
)
def test_variables_are_strict(
    api: APIClient, connected: Session, greeting: dict[str, Any], variables: dict[str, Any], field: str
) -> None:
    for answer in (
        send(api, connected, variables=variables),
        api.post(f"{URL}/{greeting['id']}/preview", {"variables": variables}, format="json"),
    ):
        assert answer.status_code == 400
        assert field in answer.json()["error"]["fields"]
    assert not Message.objects.exists()


def test_a_preview_sends_nothing(api: APIClient, greeting: dict[str, Any]) -> None:
    seen = api.post(f"{URL}/{greeting['id']}/preview", {"variables": {"name": "Ana"}}, format="json")
    text = "Hello Ana, it is ready."
    assert seen.json() == {"kind": "text", "content": {"text": text}, "text": text}
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content": {}}, "content.text"),
        ({"content": {"text": "x", "colour": "red"}}, "content.colour"),
        ({"content": {"text": "{{name.__class__}}"}}, "content"),
        ({"content": {"text": "{{ 1 + 1 }}"}}, "content"),
        ({"content": {"text": "{{name"}}, "content"),
        ({"content": {"text": "{{name}} " * 20_000}}, "content"),
        ({"content": {"text": " ".join(f"{{{{v{n}}}}}" for n in range(51))}}, "content"),
        ({"defaults": {"other": "x"}}, "defaults"),
        ({"name": "-"}, "name"),
        ({"kind": "reaction"}, "kind"),
        ({"kind": "nothing"}, "kind"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_written(api: APIClient, change: dict[str, Any], field: str) -> None:
    answer = api.post(URL, {**GREETING, "defaults": {}, **change}, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"], answer.json()
    assert not Template.objects.exists()


def test_names_are_unique_in_a_workspace(api: APIClient, greeting: dict[str, Any]) -> None:
    again = api.post(URL, GREETING, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "template_exists")


def test_templates_of_others_do_not_exist(
    strangers_api: APIClient, connected: Session, greeting: dict[str, Any], bob: Any
) -> None:
    assert strangers_api.get(URL).json()["results"] == []
    assert strangers_api.get(f"{URL}/{greeting['id']}").status_code == 404
    theirs = factories.connected_session(bob.memberships.get().workspace, "Theirs")
    assert send(strangers_api, theirs, template=greeting["id"], variables={"name": "x"}).status_code == 404


def test_a_repeated_request_needs_no_template_any_more(
    api: APIClient, connected: Session, greeting: dict[str, Any]
) -> None:
    url, body = f"/api/v1/sessions/{connected.pk}/messages/template", {"to": "+34600000002", "template": "greeting"}
    body["variables"] = {"name": "Ana"}  # type: ignore[assignment]
    first = api.post(url, body, format="json", headers={"Idempotency-Key": "k"})
    Template.objects.all().delete()
    again = api.post(url, body, format="json", headers={"Idempotency-Key": "k"})
    assert first.json()["id"] == again.json()["id"]
