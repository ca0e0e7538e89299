"""Adding an account."""

import pytest
from django.test import Client

from sessions_app.models import Desired, PairingMethod, Provider, Session
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Membership, User, Workspace

FORM = {"name": "Support", "provider": "whatsapp", "pairing_method": "qr"}


def test_it_creates_and_starts_and_leads_to_the_page(alice: Client, workspace: Workspace) -> None:
    answer = alice.post(addresses.session_add(), FORM)
    session = Session.objects.get()
    assert answer["Location"] == addresses.session_page(session)
    assert (session.name, session.provider, session.workspace_id) == ("Support", Provider.WHATSAPP, workspace.pk)
    assert session.desired == Desired.STARTED


def test_a_pairing_code_needs_a_number(alice: Client) -> None:
    answer = alice.post(addresses.session_add(), {**FORM, "pairing_method": "code", "pairing_phone": ""})
    assert answer.status_code == 400
    assert "error_phone" in answer.content.decode()
    assert not Session.objects.exists()


def test_a_pairing_code_keeps_the_digits(alice: Client) -> None:
    alice.post(addresses.session_add(), {**FORM, "pairing_method": "code", "pairing_phone": "+34 600 111 222"})
    session = Session.objects.get()
    assert session.pairing_method == PairingMethod.CODE
    assert session.pairing_phone == "34600111222"


def test_a_number_left_behind_is_ignored(alice: Client) -> None:
    alice.post(addresses.session_add(), {**FORM, "pairing_phone": "nonsense"})
    assert Session.objects.get().pairing_phone == ""


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 101}, {"provider": "carrier-pigeon"}])
def test_it_says_what_is_wrong(alice: Client, wrong: dict[str, str]) -> None:
    answer = alice.post(addresses.session_add(), FORM | wrong)
    assert answer.status_code == 400
    assert "wa-error" in answer.content.decode()
    assert not Session.objects.exists()


def test_the_sandbox_is_one_click(alice: Client) -> None:
    answer = alice.post(addresses.try_sandbox())
    session = Session.objects.get()
    assert answer["Location"] == addresses.session_page(session)
    assert (session.provider, session.desired) == (Provider.SANDBOX, Desired.STARTED)


def test_a_link_does_not_create_anything(alice: Client) -> None:
    assert alice.get(addresses.try_sandbox()).status_code == 405
    assert not Session.objects.exists()


def test_it_asks_for_the_workspace_where_there_are_several(
    alice: Client, workspace: Workspace, elsewhere: Workspace
) -> None:
    assert "id_workspace" not in alice.get(addresses.session_add()).content.decode()
    Membership.objects.create(user=User.objects.get(username="alice"), workspace=elsewhere)
    assert "id_workspace" in alice.get(addresses.session_add()).content.decode()
    alice.post(addresses.session_add(), {**FORM, "workspace": str(elsewhere.pk)})
    assert Session.objects.get().workspace_id == elsewhere.pk


def test_it_refuses_a_workspace_of_others(alice: Client, workspace: Workspace, elsewhere: Workspace) -> None:
    Membership.objects.create(user=User.objects.get(username="alice"), workspace=elsewhere)
    foreign = factories.workspace("Foreign")
    assert alice.post(addresses.session_add(), {**FORM, "workspace": str(foreign.pk)}).status_code == 400
    assert not Session.objects.exists()
