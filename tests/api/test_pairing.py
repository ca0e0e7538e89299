"""QR code and pairing code: every form, and a sentence when there is none."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from sessions_app import qr
from sessions_app.api import pairing_code
from sessions_app.engine.states import State
from sessions_app.models import Desired, Session
from tests import factories
from whatsapp_api.accounts.models import Workspace

PAYLOAD = "2@" + "A1b2" * 55 + ",key=,identity=,advsecret="
STARTED: dict[str, Any] = {"desired": Desired.STARTED, "generation": 1, "state_generation": 1}


@pytest.fixture
def scanning(workspace: Workspace) -> Session:
    """A session that shows its second QR code."""
    session = factories.session(workspace, state=State.SCAN_QR, **STARTED)
    expires_at = timezone.now() + timedelta(minutes=10)
    qr.store(session.pk, qr.LiveQr(payload=PAYLOAD, index=2, total=6, expires_at=expires_at))
    return session


def address(session: Session, name: str = "qr") -> str:
    return f"/api/v1/sessions/{session.id}/{name}"


def test_it_answers_json_by_default(api: APIClient, scanning: Session) -> None:
    answer = api.get(address(scanning))

    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert (body["qr"], body["index"], body["total"]) == (PAYLOAD, 2, 6)
    assert body["expires_at"].endswith("Z")


@pytest.mark.parametrize("how", [{"headers": {"Accept": "image/png"}}, {"query_params": {"format": "png"}}])
def test_the_picture_can_be_scanned(api: APIClient, scanning: Session, how: dict[str, Any]) -> None:
    answer = api.get(address(scanning), **how)

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "no-store")
    picture = Image.open(io.BytesIO(answer.content)).convert("L")
    assert picture.width >= 400
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [PAYLOAD]


def test_the_vector_picture_fits_any_size(api: APIClient, scanning: Session) -> None:
    answer = api.get(address(scanning), headers={"Accept": "image/svg+xml"})

    assert answer["Content-Type"] == "image/svg+xml"
    head = answer.content.decode().partition(">")[0]
    assert head.startswith("<svg")
    assert "viewBox=" in head
    assert "width=" not in head


def test_the_raw_payload_is_text(api: APIClient, scanning: Session) -> None:
    answer = api.get(address(scanning), headers={"Accept": "text/plain"})

    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == PAYLOAD


def test_a_browsers_img_gets_a_picture(api: APIClient, scanning: Session) -> None:
    accept = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
    assert api.get(address(scanning), headers={"Accept": accept})["Content-Type"] == "image/png"


def test_it_refuses_other_forms(api: APIClient, scanning: Session) -> None:
    answer = api.get(address(scanning), headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (406, "not_acceptable")
    assert api.get(address(scanning), {"format": "bmp"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "not started"),
        ({**STARTED, "state": State.STARTING}, "on its way"),
        ({**STARTED, "state": State.SCAN_QR}, "on its way"),
        ({**STARTED, "state": State.PAIRING_CODE}, "pairing-code"),
        ({**STARTED, "state": State.STOPPED, "reason": "qr_expired"}, "Start the session to get new codes"),
        ({**STARTED, "state": State.CONNECTED, "jid": factories.OWN_JID}, "linked to +34600000001"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "image/png"])
def test_it_says_why_there_is_none(
    api: APIClient, workspace: Workspace, fields: dict[str, Any], words: str, accept: str
) -> None:
    session = factories.session(workspace, **fields)

    answer = api.get(address(session), headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/json")
    assert answer["Cache-Control"] == "no-store"
    error = answer.json()["error"]
    assert error["code"] == "no_qr"
    assert words in error["message"]


def test_it_waits_until_the_pairing_code_is_shown(
    api: APIClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = factories.session(workspace)
    expires_at = timezone.now() + timedelta(minutes=10)
    looks = iter([None, None, qr.LivePairingCode(code="ABCD-1234", phone="34600111222", expires_at=expires_at)])
    monkeypatch.setattr(qr, "current_code", lambda session_id: next(looks))
    monkeypatch.setattr(pairing_code, "WAIT_SECONDS", 200)

    answer = api.post(address(session, "pairing-code"), {"phone": "+34600111222"}, format="json")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert (answer.json()["code"], answer.json()["phone"]) == ("ABCD-1234", "+34600111222")
    session.refresh_from_db()
    assert (session.desired, session.pairing_method, session.generation) == ("started", "code", 1)


def test_it_does_not_wait_for_ever(api: APIClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing_code, "WAIT_SECONDS", 0)
    session = factories.session(workspace)

    answer = api.post(address(session, "pairing-code"), {"phone": "+34600111222"}, format="json")

    assert (answer.status_code, answer.json()["id"]) == (202, str(session.id))


def test_it_tells_when_pairing_fails(api: APIClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    session = factories.session(workspace)

    def refused(session_id: uuid.UUID) -> None:
        Session.objects.filter(pk=session_id).update(state=State.FAILED, reason="pairing_refused", state_generation=1)

    monkeypatch.setattr(qr, "current_code", refused)
    answer = api.post(address(session, "pairing-code"), {"phone": "+34600111222"}, format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "pairing_failed")
    assert "refused" in answer.json()["error"]["message"]


def test_a_linked_session_gets_no_code(api: APIClient, connected: Session) -> None:
    answer = api.post(address(connected, "pairing-code"), {"phone": "+34600111222"}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_paired")
    assert api.get(address(connected, "pairing-code")).json()["error"]["code"] == "no_pairing_code"
    connected.refresh_from_db()
    assert connected.generation == 1


def test_it_reads_the_code_again(api: APIClient, workspace: Workspace) -> None:
    session = factories.session(workspace, state=State.PAIRING_CODE, **STARTED)
    expires_at = timezone.now() + timedelta(minutes=10)
    qr.store_code(session.pk, qr.LivePairingCode(code="ABCD-1234", phone="34600111222", expires_at=expires_at))

    assert api.get(address(session, "pairing-code")).json()["code"] == "ABCD-1234"
