"""What people set about a session."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Workspace

SESSIONS = "/api/v1/sessions"
SETTINGS: dict[str, Any] = {
    "metadata": {"customer": "1234", "ciudad": "Cádiz"},
    "labels": ["vip", "sales"],
    "ignore_groups": True,
    "ignore_status": True,
    "ignore_channels": True,
    "autostart": False,
    "device_name": "Shop desk",
    "history_sync": "limited",
    "webhook_defaults": {"events": ["message.*", "session.status"], "headers": {"X-Team": "sales"}},
}


def patch(api: APIClient, session: Session, **changes: Any) -> Any:
    return api.patch(f"{SESSIONS}/{session.pk}", changes, format="json")


def shown(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: payload[name] for name in SETTINGS}


def test_a_new_session_ignores_nothing_and_comes_back_by_itself(api: APIClient, workspace: Workspace) -> None:
    created = api.post(SESSIONS, {"name": "Support"}, format="json").json()

    assert shown(created) == {
        "metadata": {},
        "labels": [],
        "ignore_groups": False,
        "ignore_status": False,
        "ignore_channels": False,
        "autostart": True,
        "device_name": "",
        "history_sync": "off",
        "webhook_defaults": {},
    }
    assert created["proxy"] is None


def test_it_creates_with_settings(api: APIClient, workspace: Workspace) -> None:
    created = api.post(SESSIONS, {"name": "Support", **SETTINGS}, format="json")

    assert created.status_code == 201
    assert shown(api.get(created["Location"]).json()) == SETTINGS


def test_it_changes_what_is_given_and_leaves_the_rest(api: APIClient, connected: Session) -> None:
    assert shown(patch(api, connected, **SETTINGS).json()) == SETTINGS

    answer = patch(api, connected, metadata={"customer": "5"}, autostart=True)

    assert shown(answer.json()) == {**SETTINGS, "metadata": {"customer": "5"}, "autostart": True}
    assert answer.json()["name"] == "Support"
    connected.refresh_from_db()
    assert connected.generation == 1  # settings disturb no connection


def test_labels_are_trimmed_lower_case_and_each_there_once(api: APIClient, connected: Session) -> None:
    assert patch(api, connected, labels=[" VIP ", "vip", "Ventas España"]).json()["labels"] == ["vip", "ventas españa"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metadata", []),
        ("metadata", "text"),
        ("metadata", None),
        ("metadata", {"a": 1}),
        ("metadata", {"a": None}),
        ("metadata", {"a": {"b": "c"}}),
        ("metadata", {"": "x"}),
        ("metadata", {"k" * 65: "x"}),
        ("metadata", {"a.b": "x"}),
        ("metadata", {"$set": "x"}),
        ("metadata", {"a": "nul\0"}),
        ("metadata", {"a": "x" * 4096}),
        ("metadata", {"a": "ñ" * 2045}),
        ("metadata", {str(number): "" for number in range(51)}),
        ("labels", "vip"),
        ("labels", None),
        ("labels", [""]),
        ("labels", ["x" * 41]),
        ("labels", ["a|b"]),
        ("labels", ["a,b"]),
        ("labels", ["a\nb"]),
        ("labels", [{"a": 1}]),
        ("labels", [str(number) for number in range(21)]),
        ("ignore_groups", "perhaps"),
        ("autostart", None),
        ("device_name", "x" * 51),
        ("device_name", None),
        ("history_sync", "some"),
        ("history_sync", None),
        ("webhook_defaults", None),
        ("webhook_defaults", []),
        ("webhook_defaults", {"url": "https://example.com"}),
        ("webhook_defaults", {"events": "message"}),
        ("webhook_defaults", {"events": [1]}),
        ("webhook_defaults", {"events": ["no.such"]}),
        ("webhook_defaults", {"events": ["message"] * 21}),
        ("webhook_defaults", {"headers": ["X-Team"]}),
        ("webhook_defaults", {"headers": {"X-Team": 1}}),
        ("webhook_defaults", {"headers": {"X Team": "a"}}),
        ("webhook_defaults", {"headers": {"": "a"}}),
        ("webhook_defaults", {"headers": {"X-Team": "a\r\nX-Other: b"}}),
        ("webhook_defaults", {"headers": {"X-Team": "ñ"}}),
        ("webhook_defaults", {"headers": {"X-Team": " a"}}),
        ("webhook_defaults", {"headers": {"X-Team": "a" * 501}}),
        ("webhook_defaults", {"headers": {"X-Team": "a", "x-team": "b"}}),
        ("webhook_defaults", {"headers": {"Host": "a"}}),
        ("webhook_defaults", {"headers": {"Content-Length": "1"}}),
        ("webhook_defaults", {"headers": {"authorization": "Bearer a"}}),
        ("webhook_defaults", {"headers": {f"X-{number}": "" for number in range(11)}}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_it_refuses_and_names_the_field(api: APIClient, connected: Session, field: str, value: Any) -> None:
    answer = patch(api, connected, **{field: value})

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "validation_error"
    assert {name.partition(".")[0] for name in error["fields"]} == {field}
    assert shown(api.get(f"{SESSIONS}/{connected.pk}").json())["labels"] == []


def test_half_a_character_is_refused(api: APIClient, connected: Session) -> None:
    body = '{"metadata": {"a": "half \\ud800"}}'

    answer = api.patch(f"{SESSIONS}/{connected.pk}", body, content_type="application/json")

    assert list(answer.json()["error"]["fields"]) == ["metadata"]


def test_the_largest_metadata_fits(api: APIClient, connected: Session) -> None:
    metadata = {f"key {number}": "v" * 60 for number in range(50)}

    assert patch(api, connected, metadata=metadata).json()["metadata"] == metadata


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("vip", ["Both", "One"]),
        ("VIP ", ["Both", "One"]),
        ("sales", ["Both"]),
        ("vi", []),
        ("v.p", []),
        ("%", []),
        ("_ip", []),
        ("a.b (c)*", ["Odd"]),
        ("cádiz", ["Odd"]),
    ],
)
def test_the_list_filters_by_label(api: APIClient, workspace: Workspace, label: str, found: list[str]) -> None:
    factories.session(workspace, "One", label_text="|vip|")
    factories.session(workspace, "Both", label_text="|sales|vip|")
    factories.session(workspace, "Odd", label_text="|a.b (c)*|cádiz|")
    factories.session(workspace, "None")

    rows = api.get(SESSIONS, {"label": label}).json()["results"]

    assert sorted(row["name"] for row in rows) == found


def test_events_carry_the_settings(api: APIClient, connected: Session) -> None:
    from sessions_app.engine.base import StateChanged
    from sessions_app.engine.states import Reason, State
    from sessions_app.inbound import state_store

    patch(api, connected, **SETTINGS)
    event = StateChanged(session=str(connected.pk), state=State.DEGRADED, reason=Reason.KEEPALIVE_TIMEOUT)
    assert state_store(connected, event, generation=1)

    [published] = api.get("/api/v1/events", {"event": "session.status"}).json()["results"]
    assert shown(published["payload"]) == SETTINGS
