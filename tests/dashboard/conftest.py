"""Alice operates one workspace, Victor looks on there, Bob works elsewhere, root may do all."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import factories
from whatsapp_api.accounts.models import Role, User, Workspace

Login = Callable[[User], Client]


def staff(username: str, workspace: Workspace | None, role: str = Role.OPERATOR) -> User:
    """Somebody who may enter the dashboard."""
    user = factories.user(username, workspace=workspace, role=role)
    user.is_staff = True
    user.save()
    return user


def login(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def elsewhere(db: None) -> Workspace:
    return factories.workspace("Elsewhere")


@pytest.fixture
def alice(workspace: Workspace) -> Client:
    return login(staff("alice", workspace))


@pytest.fixture
def victor(workspace: Workspace) -> Client:
    return login(staff("victor", workspace, Role.VIEWER))


@pytest.fixture
def bob(elsewhere: Workspace) -> Client:
    return login(staff("bob", elsewhere))


@pytest.fixture
def root(db: None) -> Client:
    return login(factories.superuser())
