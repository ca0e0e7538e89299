"""API keys: shown once, bound to what they were made for, dead when they should be."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.keys.models import ApiKey
from whatsapp_api.accounts.models import Membership, Role, User, Workspace

KEYS, SESSIONS = "/api/v1/keys", "/api/v1/sessions"


def make(owner: User, **fields: Any) -> str:
    body = {"name": "Shop", "scopes": ["read"], **fields}
    answer = factories.client(owner).post(KEYS, body, format="json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["key"])


def program(key: str, **extra: Any) -> APIClient:
    client = APIClient(**extra)
    client.credentials(HTTP_X_API_KEY=key)
    return client


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("key", ["", " ", "wak_", "guess"])
def test_a_wrong_key_is_refused_beside_a_right_token(owner: User, key: str) -> None:
    answer = factories.client(owner).get(SESSIONS, HTTP_X_API_KEY=key)
    assert code(answer) == (401, "key_not_valid")


def test_it_is_shown_once_and_stored_as_a_digest(owner: User) -> None:
    text = make(owner)
    row = ApiKey.objects.get()

    assert text.startswith(f"wak_{row.prefix}_")
    assert text not in str(ApiKey.objects.values().get())
    listed = factories.client(owner).get(KEYS).json()["results"]
    assert listed[0]["prefix"] == row.prefix
    assert "key" not in listed[0]
    assert "digest" not in str(listed)


def test_it_opens_the_api_by_either_header(owner: User, session: Session) -> None:
    text = make(owner)
    assert program(text).get(f"{SESSIONS}/{session.id}").status_code == 200
    bearer = APIClient()
    bearer.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert bearer.get(f"{SESSIONS}/{session.id}").status_code == 200


def test_it_may_what_its_scopes_say(owner: User, session: Session) -> None:
    reader, sender = program(make(owner)), program(make(owner, scopes=["send"]))
    message = {"to": "+34600111222", "text": "Hello"}

    assert code(reader.post(f"{SESSIONS}/{session.id}/messages", message, format="json")) == (403, "scope_missing")
    assert sender.post(f"{SESSIONS}/{session.id}/messages", message, format="json").status_code == 202
    assert code(sender.get(f"{SESSIONS}/{session.id}")) == (403, "scope_missing")
    assert code(reader.get(f"{SESSIONS}/{session.id}/qr")) == (403, "scope_missing")
    assert code(reader.post(KEYS, {"name": "x", "scopes": ["read"]}, format="json")) == (403, "scope_missing")


def test_it_sees_its_own_workspace_only(owner: User, session: Session, foreign: Session) -> None:
    Membership.objects.create(user=owner, workspace=foreign.workspace, role=Role.OWNER)
    client = program(make(owner, scopes=["read", "control"], workspace=str(session.workspace_id)))

    assert [row["id"] for row in client.get(SESSIONS).json()["results"]] == [str(session.id)]
    assert code(client.get(f"{SESSIONS}/{foreign.id}")) == (404, "session_not_found")
    assert code(client.post(f"{SESSIONS}/{foreign.id}/stop")) == (404, "session_not_found")


def test_a_bound_key_touches_its_sessions_only(owner: User, workspace: Workspace, session: Session) -> None:
    other = factories.connected_session(workspace, "Other")
    client = program(make(owner, scopes=["read", "send", "control", "admin"], sessions=[str(session.id)]))

    assert client.get(f"{SESSIONS}/{session.id}").status_code == 200
    assert [row["id"] for row in client.get(SESSIONS).json()["results"]] == [str(session.id)]
    for path in ("", "/messages", "/qr"):
        assert code(client.get(f"{SESSIONS}/{other.id}{path}")) == (404, "session_not_found")
    assert code(client.get("/api/v1/events", {"session": str(other.id)})) == (403, "session_not_found")
    assert code(client.get(KEYS)) == (403, "key_bound")


def test_it_never_may_more_than_who_made_it(owner: User, people: dict[str, User], session: Session) -> None:
    text = make(people[Role.ADMIN], scopes=["read", "send", "control"])
    Membership.objects.filter(user=people[Role.ADMIN]).update(role=Role.VIEWER)
    assert code(program(text).post(f"{SESSIONS}/{session.id}/stop")) == (403, "role_too_low")
    assert program(text).get(f"{SESSIONS}/{session.id}").status_code == 200

    User.objects.filter(pk=people[Role.ADMIN].pk).update(is_active=False)
    assert code(program(text).get(SESSIONS)) == (401, "key_not_valid")


def test_a_key_gives_away_no_more_than_it_has(owner: User) -> None:
    client = program(make(owner, scopes=["read", "admin"]))
    assert code(client.post(KEYS, {"name": "x", "scopes": ["send"]}, format="json")) == (403, "scope_missing")
    own = ApiKey.objects.get()
    assert code(client.patch(f"{KEYS}/{own.id}", {"scopes": ["send"]}, format="json")) == (403, "scope_missing")


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(seconds=1)}],
)
def test_a_dead_key_opens_nothing(owner: User, change: dict[str, Any]) -> None:
    text = make(owner)
    ApiKey.objects.update(**change)
    assert code(program(text).get(SESSIONS)) == (401, "key_not_valid")


def test_revoking_is_at_once(owner: User) -> None:
    text = make(owner)
    assert program(text).get(SESSIONS).status_code == 200
    assert factories.client(owner).delete(f"{KEYS}/{ApiKey.objects.get().id}").status_code == 204
    assert code(program(text).get(SESSIONS)) == (401, "key_not_valid")


def test_wrong_ones_all_look_alike(owner: User) -> None:
    text = make(owner)
    wrong = ["wak_", "wak_x", "nonsense", text[:-1] + ("a" if text[-1] != "a" else "b"), text.replace("wak_", "wak_0")]
    wrong.append(f"wak_{uuid.uuid4().hex[:12]}_{text[17:]}")
    for attempt in wrong:
        assert code(program(attempt).get(SESSIONS)) == (401, "key_not_valid"), attempt


def test_it_counts_from_its_networks_only(owner: User) -> None:
    text = make(owner, networks=["203.0.113.0/24", "2001:db8::/32"])
    assert program(text, REMOTE_ADDR="203.0.113.9").get(SESSIONS).status_code == 200
    assert program(text, REMOTE_ADDR="::ffff:203.0.113.9").get(SESSIONS).status_code == 200
    assert code(program(text, REMOTE_ADDR="198.51.100.1").get(SESSIONS)) == (403, "address_not_allowed")
    forged = program(text, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert code(forged.get(SESSIONS)) == (403, "address_not_allowed")


def test_it_notes_when_and_where_it_was_used(owner: User) -> None:
    program(make(owner), REMOTE_ADDR="203.0.113.9").get(SESSIONS)
    row = ApiKey.objects.get()
    assert row.addresses == ["203.0.113.9"]
    assert row.last_used_at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", []),
        ("scopes", ["root"]),
        ("sessions", [str(uuid.uuid4())]),
        ("networks", ["300.1.1.1"]),
        ("networks", ["example.com"]),
        ("rates", {"api": "fast"}),
        ("rates", {"$where": "1/m"}),
        ("expires_at", "2001-01-01T00:00:00Z"),
        ("digest", "0" * 64),
        ("workspace", str(uuid.uuid4())),
    ],
)
def test_it_names_the_field_that_is_wrong(owner: User, field: str, value: Any) -> None:
    body = {"name": "Shop", "scopes": ["read"], field: value}
    answer = factories.client(owner).post(KEYS, body, format="json")
    assert code(answer) == (400, "validation_error")
    assert any(name.startswith(field) for name in answer.json()["error"]["fields"])
