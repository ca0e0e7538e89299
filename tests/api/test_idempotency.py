"""A request with an `Idempotency-Key` makes one message, however often and however concurrently it is made."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from messaging.idempotency import keys_prune
from messaging.models import IdempotencyKey, Message
from sessions_app.models import Session
from tests import factories

BODY = {"to": "+34600000002", "text": "Once"}


def post(api: APIClient, session: Session, key: str, body: dict[str, Any] | None = None, path: str = "") -> Any:
    url = f"/api/v1/sessions/{session.pk}/messages{path}"
    return api.post(url, body or BODY, format="json", headers={"Idempotency-Key": key})


def test_the_same_request_answers_the_same_message(api: APIClient, connected: Session) -> None:
    first, second = post(api, connected, "k1"), post(api, connected, "k1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Message.objects.count() == 1


def test_it_is_answered_even_when_the_session_was_stopped_meanwhile(api: APIClient, connected: Session) -> None:
    first = post(api, connected, "k1")
    Session.objects.update(desired="stopped")
    assert post(api, connected, "k1").json()["id"] == first.json()["id"]
    assert post(api, connected, "k2").json()["error"]["code"] == "session_not_connected"


def test_a_key_stands_for_one_request_only(api: APIClient, connected: Session) -> None:
    post(api, connected, "k1")
    other = factories.connected_session(connected.workspace, "Other", jid="34600000009@s.whatsapp.net")
    for answer in (
        post(api, connected, "k1", {**BODY, "text": "Twice"}),
        post(api, connected, "k1", path="/text"),
        post(api, other, "k1"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert Message.objects.count() == 1


def test_a_refused_request_leaves_its_key_free(api: APIClient, connected: Session) -> None:
    assert post(api, connected, "k1", {"to": "+34600000002"}).status_code == 400
    assert post(api, connected, "k1").status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ñ"])
def test_a_key_that_makes_no_sense_is_refused(api: APIClient, connected: Session, key: str) -> None:
    answer = post(api, connected, key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]["fields"]


def test_workspaces_do_not_share_keys(api: APIClient, strangers_api: APIClient, bob: Any, connected: Session) -> None:
    theirs = factories.connected_session(bob.memberships.get().workspace, "Theirs")
    assert post(api, connected, "k1").json()["id"] != post(strangers_api, theirs, "k1").json()["id"]


def test_keys_are_forgotten_after_a_day(api: APIClient, connected: Session) -> None:
    first = post(api, connected, "k1")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert post(api, connected, "k1").json()["id"] != first.json()["id"]
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert keys_prune() == 1
    assert not IdempotencyKey.objects.exists()
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_message(transactional_db: None) -> None:
    session = factories.connected_session(factories.workspace())
    user = factories.user("alice", workspace=session.workspace)
    answers = []

    def request() -> None:
        answers.append(post(factories.client(user), session, "k1"))
        connection.close()

    threads = [threading.Thread(target=request) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 409} <= {"idempotency_in_progress"}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert Message.objects.count() == 1
