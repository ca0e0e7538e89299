"""Broadcasts over REST, from a draft to its report."""

import csv
import io
import uuid
from typing import Any

import pytest
from openpyxl import load_workbook
from rest_framework.test import APIClient

from messaging.audience.models import RecipientList
from messaging.audience.services import list_add
from messaging.broadcasts import check_job
from messaging.broadcasts.engine.tick import tick
from messaging.broadcasts.models import BroadcastRecipient
from messaging.models import Message
from tests import factories
from whatsapp_api.accounts.models import Role

PATH = "/api/v1/broadcasts"


@pytest.fixture
def api(workspace) -> APIClient:
    return factories.client(factories.user("alice", workspace=workspace))


@pytest.fixture
def body(sessions) -> dict[str, Any]:
    return {
        "name": "Spring",
        "sessions": [str(session.pk) for session in sessions],
        "audience": {"everybody": True},
        "variants": [{"content": {"text": "Hi {{name}} of {{city}}"}, "defaults": {"city": "nowhere"}}],
        "pace": {},
    }


def created(api: APIClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(PATH, body, format="json")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def step(api: APIClient, broadcast: dict[str, Any], name: str, body: Any = None) -> Any:
    return api.post(f"{PATH}/{broadcast['id']}/{name}", body or {}, format="json")


def test_from_a_draft_to_the_report(api, body, people, sender) -> None:
    people(3)
    people(1, jid="34999000001@s.whatsapp.net", name="=cmd()", attributes={})
    draft = created(api, body)
    assert (draft["state"], draft["counts"]["total"]) == ("draft", 0)
    changed = api.patch(f"{PATH}/{draft['id']}", {"name": "Summer"}, format="json").json()
    assert changed["name"] == "Summer"
    assert api.get(f"{PATH}/{draft['id']}/check").json()["recipients"] == 4

    assert step(api, draft, "launch").json()["state"] == "running"
    assert api.patch(f"{PATH}/{draft['id']}", {"name": "x"}, format="json").json()["error"]["code"] == "broadcast_state"
    assert api.delete(f"{PATH}/{draft['id']}").status_code == 409
    tick(0)
    assert step(api, draft, "pause").json()["counts"]["pending"] == 4
    assert step(api, draft, "resume").json()["state"] == "running"
    tick(0)
    sender.drain()
    tick(0)
    assert ("34999000001@s.whatsapp.net", "Hi =cmd() of nowhere") in sender.arrived
    seen = api.get(f"{PATH}/{draft['id']}/progress").json()
    assert (seen["state"], seen["counts"]["sent"], sum(each["count"] for each in seen["timeline"])) == (
        "finished",
        4,
        4,
    )

    rows = api.get(f"{PATH}/{draft['id']}/recipients", {"state": "sent"}).json()["results"]
    assert len(rows) == 4
    assert {row["message"] for row in rows} == {str(pk) for pk in Message.objects.values_list("pk", flat=True)}
    assert api.get(f"{PATH}/{draft['id']}/recipients", {"state": "failed"}).json()["results"] == []
    text = b"".join(api.get(f"{PATH}/{draft['id']}/report.csv").streaming_content).decode()
    table = list(csv.reader(io.StringIO(text)))
    assert len(table) == 5
    assert table[1][0].startswith("'+34")
    book = load_workbook(io.BytesIO(b"".join(api.get(f"{PATH}/{draft['id']}/report.xlsx").streaming_content)))
    assert len(list(book.active.rows)) == 5
    assert step(api, draft, "retry").json() == {"retried": 0}
    copy = step(api, draft, "clone").json()
    assert (copy["state"], copy["name"]) == ("draft", "Summer (copy)")
    assert api.delete(f"{PATH}/{draft['id']}").status_code == 204
    assert BroadcastRecipient.objects.count() == 0


def test_a_launch_is_refused_while_somebody_lacks_a_variable(api, body, people) -> None:
    people(2)
    lacking = people(1, jid="34999000001@s.whatsapp.net", attributes={"city": ""})[0]
    body["variants"][0]["defaults"] = {}
    draft = created(api, body)
    report = api.get(f"{PATH}/{draft['id']}/check").json()
    assert (report["ok"], report["incomplete"]) == (False, 1)
    assert report["lacking"] == [
        {
            "addressee": str(lacking.pk),
            "jid": lacking.jid,
            "phone": "+34999000001",
            "name": "P0",
            "variables": ["city"],
        }
    ]
    answer = step(api, draft, "launch")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "broadcast_incomplete")


def test_preview_and_test_send(api, body, people, sessions, sender) -> None:
    ana = people(1, name="Ana")[0]
    draft = created(api, body)
    seen = step(api, draft, "preview", {"contact": str(ana.pk)}).json()
    assert seen["text"] == "Hi Ana of City 0"
    answer = step(api, draft, "test", {"contact": str(ana.pk), "to": "+34600111222"})
    assert answer.status_code == 202, answer.content
    sender.drain()
    assert sender.arrived == [("34600111222@s.whatsapp.net", "Hi Ana of City 0")]
    wrong = step(api, draft, "preview", {"contact": str(ana.pk), "variant": 3})
    assert wrong.json()["error"]["fields"]["variant"]


def test_lists_and_overlaps_count_once(api, body, workspace, people, sender) -> None:
    rows = people(5)
    lists = [RecipientList.objects.create(workspace=workspace, name=name) for name in "AB"]
    list_add(lists[0].pk, [row.pk for row in rows[:4]])
    list_add(lists[1].pk, [row.pk for row in rows[2:4]])
    body["audience"] = {"lists": [str(each.pk) for each in lists], "contacts": [str(rows[0].pk)]}
    draft = created(api, body)
    assert api.get(f"{PATH}/{draft['id']}/check").json()["recipients"] == 4
    step(api, draft, "launch")
    for _ in range(5):
        tick(0)
        sender.drain()
    assert sorted(to for to, _ in sender.arrived) == [row.jid for row in rows[:4]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"sessions": ["00000000-0000-7000-8000-000000000000"]}, "sessions"),
        ({"audience": {"lists": ["00000000-0000-7000-8000-000000000000"]}}, "audience.lists"),
        ({"variants": [{}]}, "variants.0.non_field_errors"),
        ({"variants": [{"content": {"txt": "x"}}]}, "variants.0"),
        ({"variants": [{"kind": "image", "content": {"media": {"url": "https://example.org/a.png"}}}]}, "variants.0"),
        ({"pace": {"per_minute": -1}}, "pace.per_minute"),
        ({"hours": {"opens": "25:00", "closes": "09:00"}}, "hours.opens"),
        ({"hours": {"opens": "09:00"}}, "hours.non_field_errors"),
        ({"time_zone": "Mars/North"}, "time_zone"),
        ({"recurrence": "FREQ=SECONDLY"}, "recurrence"),
        ({"recurrence": "FREQ=DAILY"}, "scheduled_at"),
        ({"options": {"fast": True}}, "options"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(api, body, change, field) -> None:
    answer = api.post(PATH, {**body, **change}, format="json")
    assert answer.status_code == 400, answer.content
    assert any(name.startswith(field) for name in answer.json()["error"]["fields"]), answer.json()


def test_a_template_is_copied(api, body, people, workspace) -> None:
    owner = factories.client(factories.user("olga", workspace=workspace, role=Role.OWNER))
    made = owner.post("/api/v1/templates", {"name": "hello", "content": {"text": "Dear {{name}}"}}, format="json")
    assert made.status_code == 201, made.content
    body["variants"] = [{"template": "hello"}]
    ana = people(1, name="Ana")[0]
    draft = created(api, body)
    owner.delete(f"/api/v1/templates/{made.json()['id']}")
    assert step(api, draft, "preview", {"contact": str(ana.pk)}).json()["text"] == "Dear Ana"


def test_consent_is_a_setting(api, workspace) -> None:
    owner = factories.client(factories.user("olga", workspace=workspace, role=Role.OWNER))
    assert owner.put(f"{PATH}/consent", {"footer": "Reply STOP"}, format="json").json()["footer"] == "Reply STOP"
    assert api.get(f"{PATH}/consent").json()["footer"] == "Reply STOP"
    assert api.put(f"{PATH}/consent", {"footer": ""}, format="json").json()["error"]["code"] in (
        "role_too_low",
        "scope_missing",
    )


@pytest.mark.parametrize("query", ["workspace=mine", "workspace=", "workspace={0}&workspace={0}"])
def test_consent_of_a_workspace_that_is_not_named_clearly_is_refused(api, workspace, query) -> None:
    assert api.get(f"{PATH}/consent?workspace={workspace.pk}").json()["workspace"] == str(workspace.pk)
    answer = api.get(f"{PATH}/consent?{query.format(workspace.pk)}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")


def test_the_footer_is_added_where_it_is_wanted(api, body, workspace, people, sender) -> None:
    factories.client(factories.user("olga", workspace=workspace, role=Role.OWNER)).put(
        f"{PATH}/consent", {"footer": "Reply STOP"}, format="json"
    )
    people(1, name="Ana")
    draft = created(api, {**body, "options": {"footer": True}})
    step(api, draft, "launch")
    tick(0)
    sender.drain()
    assert sender.arrived[0][1] == "Hi Ana of City 0\n\nReply STOP"


def test_others_see_nothing(body, api, people) -> None:
    draft = created(api, body)
    bob = factories.client(factories.user("bob", workspace=factories.workspace("Elsewhere")))
    assert bob.get(f"{PATH}/{draft['id']}/recipients").json()["error"]["code"] == "broadcast_not_found"
    assert step(bob, draft, "launch").json()["error"]["code"] == "broadcast_not_found"


def test_a_large_audience_is_checked_before_it_is_launched(api, body, people, monkeypatch) -> None:
    monkeypatch.setattr(check_job, "SMALL", 1)
    people(3)
    draft = created(api, body)
    assert step(api, draft, "launch").json()["error"]["code"] == "broadcast_unchecked"
    waiting = api.get(f"{PATH}/{draft['id']}/check")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "running")
    check_job.check_run(uuid.UUID(draft["id"]))
    seen = api.get(f"{PATH}/{draft['id']}/check").json()
    assert (seen["state"], seen["ok"], seen["recipients"], seen["duplicates"]) == ("done", True, 3, 0)
    assert step(api, draft, "check").status_code == 202
    check_job.check_run(uuid.UUID(draft["id"]))
    assert step(api, draft, "launch").json()["state"] == "running"
