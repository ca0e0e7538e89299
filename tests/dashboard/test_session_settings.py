"""The settings of a session on its page, and the list by label."""

import pytest
from django.test import Client

from sessions_app.models import Session
from sessions_app.proxies import proxy_fields, proxy_read
from tests import factories
from tests.dashboard import addresses
from whatsapp_api.accounts.models import Workspace


def page(client: Client, session: Session) -> str:
    return client.get(addresses.session_page(session)).content.decode()


@pytest.fixture
def session(workspace: Workspace) -> Session:
    return factories.connected_session(
        workspace,
        label_text="|vip|sales|",
        ignore_groups=True,
        autostart=False,
        device_name="Shop <desk>",
        history_sync="limited",
        webhook_defaults={"headers": {"X-Team": "</textarea><b>5678"}},
        metadata={"customer": "</textarea><b>1234"},
    )


def test_the_page_shows_the_settings_as_text(alice: Client, session: Session) -> None:
    html = page(alice, session)

    assert 'value="vip, sales"' in html
    assert 'name="ignore_groups" checked' in html
    assert 'name="ignore_status">' in html
    assert 'name="autostart">' in html
    assert "Shop &lt;desk&gt;" in html
    assert '<option value="limited" selected>' in html
    assert "X-Team" in html
    assert "<b>1234" not in html
    assert "<b>5678" not in html


def test_the_page_names_the_proxy_and_never_its_credentials(alice: Client, session: Session) -> None:
    assert "WhatsApp is reached directly" in page(alice, session)
    fields = proxy_fields(session, proxy_read("socks5://ana:hunter2@proxy.example.com:1080"))
    Session.objects.filter(pk=session.pk).update(**fields)
    html = page(alice, session)

    assert "socks5://proxy.example.com:1080, with credentials" in html
    for secret in ("hunter2", "ana:", fields["proxy_credentials"]):
        assert secret not in html


def test_a_viewer_sees_no_credentials_form(victor: Client, session: Session) -> None:
    assert "wa-look-on" in page(victor, session)  # hides every .wa-act


def test_the_list_filters_by_label(alice: Client, session: Session, workspace: Workspace) -> None:
    factories.session(workspace, "Unlabelled")
    html = alice.get(addresses.sessions(), {"label": "vip"}).content.decode()

    assert "Support" in html
    assert "Unlabelled" not in html


def test_a_row_shows_its_labels_and_each_leads_to_its_like(alice: Client, workspace: Workspace) -> None:
    factories.session(workspace, "Odd", label_text="|a&b <c>|")
    html = alice.get(addresses.sessions()).content.decode()

    assert 'href="?label=a%26b%20%3Cc%3E"' in html
    assert ">a&amp;b &lt;c&gt;</a>" in html


def test_the_filter_offers_labels_of_ones_own_workspace_only(alice: Client, bob: Client, session: Session) -> None:
    assert "?label=vip" in alice.get(addresses.sessions()).content.decode().replace("&amp;", "&")
    assert "label=vip" not in bob.get(addresses.sessions()).content.decode()


def test_a_label_that_nobody_has_finds_nothing(alice: Client, session: Session) -> None:
    assert "Support" not in alice.get(addresses.sessions(), {"label": "%"}).content.decode()
