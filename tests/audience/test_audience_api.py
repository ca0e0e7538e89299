"""Addressees, lists, segments and suppressions over REST."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging.audience import services
from messaging.audience.models import Addressee
from tests import factories
from whatsapp_api.accounts.models import Role, Workspace

pytestmark = pytest.mark.django_db
UNKNOWN = "019ab3c0-0000-7000-8000-0000000000aa"
CONTACTS = "/api/v1/audience/contacts"


@pytest.fixture
def workspace() -> Workspace:
    return factories.workspace()


@pytest.fixture
def api(workspace: Workspace) -> APIClient:
    return factories.client(factories.user("alice", workspace=workspace))


def add(api: APIClient, to: str, **fields: Any) -> dict[str, Any]:
    answer = api.post(CONTACTS, {"to": to, **fields}, format="json")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def found(api: APIClient, **filters: str) -> set[str]:
    return {row["name"] for row in api.get(CONTACTS, filters).json()["results"]}


def test_one_is_added_changed_and_removed(api: APIClient) -> None:
    ana = add(api, "+34 600 111 222", name="Ana", attributes={"city": "Madrid"}, tags=["VIP"])
    assert (ana["jid"], ana["tags"]) == ("34600111222@s.whatsapp.net", ["vip"])

    changed = api.patch(f"{CONTACTS}/{ana['id']}", {"tags": [], "time_zone": "Europe/Madrid"}, format="json").json()
    assert (changed["tags"], changed["time_zone"], changed["attributes"]) == ([], "Europe/Madrid", {"city": "Madrid"})

    again = api.post(CONTACTS, {"to": "34600111222@c.us"}, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "addressee_exists")
    assert api.delete(f"{CONTACTS}/{ana['id']}").status_code == 204
    assert api.get(f"{CONTACTS}/{ana['id']}").json()["error"]["code"] == "addressee_not_found"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "nobody"}, "to"),
        ({"to": "+34600111222", "time_zone": "Mars/North"}, "time_zone"),
        ({"to": "+34600111222", "attributes": {"a__gt": "1"}}, "attributes"),
        ({"to": "+34600111222", "attributes": {"contains": "1"}}, "attributes"),
        ({"to": "+34600111222", "attributes": {"city": "x" * 501}}, "attributes.city"),
        ({"to": "+34600111222", "tags": ["a|b"]}, "tags"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(api: APIClient, body: dict[str, Any], field: str) -> None:
    answer = api.post(CONTACTS, body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_they_are_found_by_name_number_tag_list_and_segment(api: APIClient) -> None:
    ana = add(api, "+34600111222", name="Ana", attributes={"city": "Madrid"}, tags=["vip"])
    add(api, "+4915123456789", name="Luis", attributes={"city": "Madrid"}, tags=["vip", "staff"])
    add(api, "+34600111224", name="Eva", attributes={"city": "Rome"})
    spring = api.post("/api/v1/audience/lists", {"name": "Spring"}, format="json").json()
    members = f"/api/v1/audience/lists/{spring['id']}/members"
    assert api.post(members, {"addressees": [ana["id"], ana["id"]]}, format="json").json() == {"changed": 1}
    rules = {"tags_all": ["vip"], "tags_none": ["staff"], "attributes": {"city": "Madrid"}, "country_codes": ["34"]}
    answer = api.post("/api/v1/audience/segments", {"name": "Core", "rules": rules}, format="json")
    assert answer.status_code == 201, answer.content

    assert found(api, q="an") == {"Ana"}
    assert found(api, q="+49 151") == {"Luis"}
    assert found(api, tag="vip") == {"Ana", "Luis"}
    assert found(api, list=spring["id"]) == {"Ana"}
    assert found(api, segment=answer.json()["id"]) == {"Ana"}
    assert api.get(f"/api/v1/audience/segments/{answer.json()['id']}/count").json() == {"count": 1}
    assert api.get(f"/api/v1/audience/lists/{spring['id']}").json()["members"] == 1
    assert api.delete(members, {"addressees": [ana["id"]]}, format="json").json() == {"changed": 1}
    assert Addressee.objects.count() == 3


def test_names_of_lists_and_segments_are_unique(api: APIClient) -> None:
    for path, body in (("lists", {"name": "A"}), ("segments", {"name": "A", "rules": {}})):
        assert api.post(f"/api/v1/audience/{path}", body, format="json").status_code == 201
        answer = api.post(f"/api/v1/audience/{path}", body, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "name_taken")


def test_suppressions(api: APIClient, workspace: Workspace) -> None:
    path, jid = "/api/v1/audience/suppressions", "34600111222@s.whatsapp.net"
    first = api.post(path, {"to": "+34600111222", "reason": "asked by phone"}, format="json")
    assert first.status_code == 201
    assert api.post(path, {"to": "+34600111222"}, format="json").status_code == 200
    assert services.suppressed_among(workspace.pk, [jid, "x"]) == {jid}
    assert len(api.get(path, {"to": "+34600111222"}).json()["results"]) == 1

    assert api.delete(f"{path}/{first.json()['id']}").status_code == 204
    assert services.suppressed_among(workspace.pk, [jid]) == set()


def test_a_viewer_looks_and_changes_nothing(workspace: Workspace) -> None:
    viewer = factories.client(factories.user("val", workspace=workspace, role=Role.VIEWER))

    assert viewer.get(CONTACTS).status_code == 200
    answer = viewer.post(CONTACTS, {"to": "+34600111222"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low")


def test_many_are_removed_in_the_background(api: APIClient) -> None:
    add(api, "+34600111222")
    path = "/api/v1/audience/removals"
    made = api.post(path, {"everybody": True}, format="json")
    assert (made.status_code, made.json()["state"], made.json()["total"]) == (202, "running", 1)
    assert api.get(f"{path}/{made.json()['id']}").json()["removed"] == 0
    assert len(api.get(path).json()["results"]) == 1


@pytest.mark.parametrize("body", [{}, {"everybody": True, "list": UNKNOWN}, {"list": UNKNOWN}])
def test_a_removal_says_whom(api: APIClient, body: dict[str, Any]) -> None:
    answer = api.post("/api/v1/audience/removals", body, format="json")
    assert answer.json()["error"]["code"] == "validation_error"
