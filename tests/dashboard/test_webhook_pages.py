"""The pages of webhooks: for those who may see them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.webhooks import services
from messaging.webhooks.figures_shown import points
from messaging.webhooks.models import Endpoint, HourFigures
from tests import factories
from whatsapp_api.accounts.models import Role, User, Workspace

LIST = "admin:webhooks_endpoint_changelist"


def browser(username: str, workspace: Workspace, role: str) -> Client:
    user: User = factories.user(username, workspace=workspace, role=role)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def home(db: None) -> Workspace:
    return factories.workspace()


def endpoint(workspace: Workspace, **fields: Any) -> Endpoint:
    made, _ = services.endpoint_create(
        workspace_id=workspace.pk,
        session_id=None,
        headers={},
        **{"url": "https://example.com/", "name": "Orders"} | fields,
    )
    return made


def test_the_empty_list_says_what_a_webhook_is(home: Workspace) -> None:
    page = browser("ada", home, Role.ADMIN).get(reverse(LIST)).content.decode()
    assert "No webhooks yet" in page and reverse("admin:webhooks_endpoint_add") in page


def test_list_and_page_show_how_it_fares(home: Workspace) -> None:
    made = endpoint(home)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    HourFigures.objects.create(endpoint=made, hour=hour, succeeded=3, failed=1, ms=90, slowest_ms=50)
    client = browser("ada", home, Role.ADMIN)
    assert "75.0 %" in client.get(reverse(LIST)).content.decode()
    page = client.get(reverse("admin:webhooks_endpoint_change", args=[made.pk])).content.decode()
    assert "75.0 %" in page and "https://example.com/" in page and "Send a test" in page
    assert client.get(reverse("admin:webhooks_endpoint_add")).status_code == 200


def test_others_see_none(home: Workspace) -> None:
    made = endpoint(home)
    page = reverse("admin:webhooks_endpoint_change", args=[made.pk])
    stranger = browser("eve", factories.workspace("Else"), Role.ADMIN)
    assert stranger.get(page).status_code == 404
    operator = browser("oscar", home, Role.OPERATOR)
    assert operator.get(page).status_code == 403
    assert reverse(LIST) not in operator.get(reverse("admin:index")).content.decode()


def test_an_address_cannot_break_out_of_the_page(home: Workspace) -> None:
    made = endpoint(home, name="<script>alert(1)</script>")
    client = browser("ada", home, Role.ADMIN)
    for address in (reverse(LIST), reverse("admin:webhooks_endpoint_change", args=[made.pk])):
        assert "<script>alert(1)" not in client.get(address).content.decode()


def test_the_sparkline_leaves_out_hours_without_a_delivery() -> None:
    assert points([None, 10, None, 20]) == "40.0,14.0 120.0,2.0"
    assert points([None]) == ""
