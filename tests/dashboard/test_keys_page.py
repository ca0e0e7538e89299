"""The page of API keys: for those who may manage them."""

from django.test import Client
from django.urls import reverse

from tests import factories
from tests.dashboard.test_session_pages import page_data
from whatsapp_api.accounts.models import Role, User, Workspace


def browser(name: str, workspace: Workspace, role: str) -> Client:
    user = factories.user(name, workspace=workspace, role=role)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def test_it_offers_every_scope_and_the_sessions_of_the_workspace(workspace: Workspace, elsewhere: Workspace) -> None:
    session = factories.connected_session(workspace, "Ours")
    factories.connected_session(elsewhere, "Theirs")
    html = browser("ada", workspace, Role.ADMIN).get(reverse("admin:keys")).content.decode()
    assert page_data(html)["sessions"] == {str(session.pk): "Ours"}
    assert all(f'value="{scope}"' in html for scope in ("read", "send", "control", "settings", "webhooks", "admin"))
    assert "Theirs" not in html


def test_operators_neither_see_it_nor_a_way_to_it(workspace: Workspace) -> None:
    client = browser("otto", workspace, Role.OPERATOR)
    assert client.get(reverse("admin:keys")).status_code == 403
    assert reverse("admin:keys") not in client.get(reverse("admin:index")).content.decode()
