"""The page of a session's chats, as the server renders it."""

from django.test import Client

from sessions_app.models import Session
from tests import factories
from tests.dashboard import addresses
from tests.dashboard.test_session_pages import page_data
from whatsapp_api.accounts.models import Workspace


def test_it_holds_no_message_and_no_inline_script(alice: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    factories.message(session, text="between us")
    html = alice.get(addresses.session_chats(session)).content.decode()
    assert page_data(html)["api"] == f"/api/v1/sessions/{session.pk}"
    assert page_data(html)["may_act"] is True
    assert "between us" not in html
    assert " onclick=" not in html


def test_who_looks_on_may_read_and_not_write(victor: Client, workspace: Workspace) -> None:
    session = factories.connected_session(workspace)
    assert page_data(victor.get(addresses.session_chats(session)).content.decode())["may_act"] is False


def test_others_find_nothing(alice: Client, elsewhere: Workspace) -> None:
    theirs: Session = factories.connected_session(elsewhere)
    assert alice.get(addresses.session_chats(theirs)).status_code == 404
    assert alice.get("/admin/sessions_app/session/nonsense/chats/").status_code == 404
