"""What a request says of itself, and what browsers and proxies may keep of an answer."""

from typing import Any

import pytest
from django.test import Client

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import User

SESSIONS = "/api/v1/sessions"
OVERRIDES = ("X_HTTP_METHOD_OVERRIDE", "X_HTTP_METHOD", "X_METHOD_OVERRIDE")


@pytest.mark.parametrize("header", OVERRIDES)
def test_no_header_makes_another_method_of_a_request(owner: User, session: Session, header: str) -> None:
    api, path = factories.client(owner), f"{SESSIONS}/{session.pk}"
    override: dict[str, Any] = {f"HTTP_{header}": "DELETE"}
    assert api.get(path, **override).status_code == 200
    assert api.post(path, {"_method": "DELETE"}, format="json", **override).status_code == 405
    assert Session.objects.filter(pk=session.pk, deleted_at=None).exists()


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver, x"]
)
def test_a_request_for_another_host_is_refused(db: None, host: str) -> None:
    for path in ("/admin/login/", "/api/v1/sessions", "/api/health"):
        assert Client().get(path, HTTP_HOST=host).status_code == 400, path


def test_private_answers_stay_nowhere(owner: User, session: Session) -> None:
    api = factories.client(owner)
    for path in (SESSIONS, f"{SESSIONS}/{session.pk}", f"{SESSIONS}/{session.pk}/messages", "/api/v1/audit"):
        assert "no-store" in api.get(path)["Cache-Control"], path
    assert "no-store" in Client().get(SESSIONS)["Cache-Control"]


@pytest.mark.parametrize("name", ["ｔｈｅ-ｏｗｎｅｒ", "THE-OWNER", "the-owner\u200b", " the-owner\u00ad"])
def test_a_name_that_only_looks_like_another_is_not_that_one(owner: User, name: str) -> None:
    body = {"username": name, "password": factories.PASSWORD}
    answer = Client().post("/api/v1/auth/token", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_active_account")


@pytest.mark.parametrize("path", ["password_reset/", "reset/x/set-password/", "signup/", "register/"])
def test_nobody_resets_a_password_or_signs_up_without_an_invitation(db: None, path: str) -> None:
    answer = Client().get(f"/admin/{path}")
    assert answer.status_code == 404 or answer["Location"].startswith("/admin/login/")


def test_a_viewer_sees_no_pairing_secret(people: dict[str, User], session: Session) -> None:
    """Who scans the code has the account: that takes the role of an operator."""
    viewer = factories.client(people["viewer"])
    for name in ("qr", "pairing-code"):
        answer = viewer.get(f"{SESSIONS}/{session.pk}/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role_too_low"), name
    assert factories.client(people["operator"]).get(f"{SESSIONS}/{session.pk}/qr").status_code == 409
