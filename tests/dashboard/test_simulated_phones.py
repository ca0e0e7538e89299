"""Simulated phones over REST, with a sandbox that only remembers what it was asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sessions_app import qr, sandbox_phones
from sessions_app.engine.states import State
from sessions_app.models import Desired, Provider, Session
from sessions_app.sandbox.client import SandboxClientError
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Workspace

PAYLOAD = "2@ref,key,identity,secret"


class Phones:
    """Stands in for `SandboxClient` and its phones."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.done: list[tuple[str, ...]] = []
        self.refuses: SandboxClientError | None = None
        self.number = ""

    def create_phone(self, number: str, name: str, **settings: Any) -> "Phones":
        if number in self.known:
            raise SandboxClientError(409, "exists", "it exists")
        self.known.add(number)
        return self.phone(number)

    def phone(self, number: str) -> "Phones":
        self.number = number
        return self

    def scan(self, text: str) -> None:
        if self.refuses:
            raise self.refuses
        self.done.append(("scan", self.number, text))

    def pair(self, code: str) -> None:
        self.done.append(("pair", self.number, code))

    def send(self, to: str, text: str) -> dict[str, Any]:
        self.done.append(("send", self.number, to, text))
        return {"id": "3EB0AA", "timestamp": 1}

    def messages(self) -> list[dict[str, Any]]:
        entry = {"n": 1, "id": "3EB0BB", "from_phone": "34600000001", "kind": "text", "text": "Hi", "caption": ""}
        return [{**entry, "timestamp": 1_700_000_000}]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Phones]:
    phones = Phones()
    monkeypatch.setattr(sandbox_phones, "_client", lambda url: phones)
    yield phones


@pytest.fixture
def linked(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)


@pytest.fixture
def scanning(workspace: Workspace) -> Session:
    session = factories.session(workspace, state=State.SCAN_QR.value, desired=Desired.STARTED)
    end = timezone.now() + timedelta(seconds=20)
    qr.store(session.pk, qr.LiveQr(payload=PAYLOAD, index=1, total=6, expires_at=end))
    return session


def post(client: Client, session: Session, name: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/sessions/{session.pk}/{name}", body or {}, content_type="application/json")


def test_a_phone_scans_what_is_shown(alice: Client, scanning: Session, sandbox: Phones) -> None:
    answer = post(alice, scanning, "simulated-scan")
    number = sandbox_phones.account_number(scanning)
    assert answer.json() == {"phone": f"+{number}"}
    assert sandbox.done == [("scan", number, PAYLOAD)]
    assert sandbox.known == {number, sandbox_phones.contact_number(scanning)}


def test_a_named_phone_scans(alice: Client, scanning: Session, sandbox: Phones) -> None:
    post(alice, scanning, "simulated-scan", {"phone": "+34 600 111 222"})
    assert sandbox.done == [("scan", "34600111222", PAYLOAD)]


def test_a_phone_types_the_pairing_code(alice: Client, workspace: Workspace, sandbox: Phones) -> None:
    session = factories.session(workspace, state=State.PAIRING_CODE.value)
    end = timezone.now() + timedelta(seconds=20)
    qr.store_code(session.pk, qr.LivePairingCode(code="ABCD-1234", phone="34600111222", expires_at=end))
    post(alice, session, "simulated-scan")
    assert sandbox.done == [("pair", "34600111222", "ABCD-1234")]


def test_without_a_code_there_is_nothing_to_scan(alice: Client, linked: Session, sandbox: Phones) -> None:
    answer = post(alice, linked, "simulated-scan")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_code_shown")


@pytest.mark.parametrize(
    ("name", "body"), [("simulated-scan", {}), ("simulated-phone", {}), ("simulated-message", {"text": "Hi"})]
)
def test_real_accounts_have_no_simulated_phones(
    alice: Client, workspace: Workspace, sandbox: Phones, name: str, body: dict[str, str]
) -> None:
    session = factories.connected_session(workspace, provider=Provider.WHATSAPP)
    answer = post(alice, session, name, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_a_sandbox_session")
    assert not sandbox.done


def test_a_refusal_of_the_sandbox_is_a_sentence(alice: Client, scanning: Session, sandbox: Phones) -> None:
    sandbox.refuses = SandboxClientError(410, "ref_expired", "this QR code has expired")
    error = post(alice, scanning, "simulated-scan").json()["error"]
    assert error["code"] == "sandbox_ref_expired"
    assert "this QR code has expired" in error["message"]


def test_a_defect_of_the_sandbox_is_unavailability(alice: Client, scanning: Session, sandbox: Phones) -> None:
    sandbox.refuses = SandboxClientError(500, "internal", "it failed")
    assert post(alice, scanning, "simulated-scan").status_code == 503


def test_a_sandbox_that_is_away_is_unavailable(alice: Client, linked: Session, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    answer = post(alice, linked, "simulated-phone")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "sandbox_unavailable")


def test_the_contact_writes_to_the_account(alice: Client, linked: Session, sandbox: Phones) -> None:
    answer = post(alice, linked, "simulated-message", {"text": "Are you open?"})
    number = sandbox_phones.contact_number(linked)
    assert answer.status_code == 201
    assert answer.json() == {"phone": f"+{number}", "wa_id": "3EB0AA"}
    assert sandbox.done == [("send", number, "34600000001", "Are you open?")]


def test_nobody_writes_to_an_account_that_is_not_linked(alice: Client, scanning: Session, sandbox: Phones) -> None:
    answer = post(alice, scanning, "simulated-message", {"text": "Hi"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_paired")


def test_the_contact_shows_what_it_received(alice: Client, linked: Session, sandbox: Phones) -> None:
    answer = post(alice, linked, "simulated-phone").json()
    assert answer["phone"] == f"+{sandbox_phones.contact_number(linked)}"
    (message,) = answer["messages"]
    assert (message["sender"], message["text"]) == ("+34600000001", "Hi")
    assert message["timestamp"] == "2023-11-14T22:13:20.000Z"


def test_a_named_phone_is_created(alice: Client, linked: Session, sandbox: Phones) -> None:
    assert post(alice, linked, "simulated-phone", {"phone": "+34 600 111 222"}).json()["phone"] == "+34600111222"
    assert sandbox.known == {"34600111222"}


def test_the_phone_of_a_pairing_code_exists_first(alice: Client, sandbox: Phones) -> None:
    form = {"name": "Shop", "provider": "sandbox", "pairing_method": "code", "pairing_phone": "+34600111222"}
    assert alice.post(addresses.session_add(), form).status_code == 302
    assert sandbox.known == {"34600111222"}


def test_an_existing_phone_is_used_again(alice: Client, linked: Session, sandbox: Phones) -> None:
    for _ in range(2):
        assert post(alice, linked, "simulated-phone").status_code == 200
    assert len(sandbox.known) == 1


def test_others_and_viewers_are_refused(bob: Client, victor: Client, linked: Session, sandbox: Phones) -> None:
    assert post(bob, linked, "simulated-scan").status_code == 404
    assert post(victor, linked, "simulated-message", {"text": "Hi"}).status_code == 403
    assert not sandbox.done
