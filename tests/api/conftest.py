"""Alice works in one workspace, Bob in another."""

import pytest
from rest_framework.test import APIClient

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Role, User, Workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def alice(workspace: Workspace) -> User:
    """An administrator there: what roles may not do is tested in tests/security."""
    return factories.user("alice", workspace=workspace, role=Role.ADMIN)


@pytest.fixture
def api(alice: User) -> APIClient:
    """Alice's program."""
    return factories.client(alice)


@pytest.fixture
def bob(db: None) -> User:
    return factories.user("bob", workspace=factories.workspace("Elsewhere"), role=Role.ADMIN)


@pytest.fixture
def strangers_api(bob: User) -> APIClient:
    """The program of somebody in another workspace."""
    return factories.client(bob)


@pytest.fixture
def connected(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)
