"""WebSocket tests: the real consumer on the real channel layer and the real database, in an event loop of their own."""

import pytest

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import User, Workspace


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def alice(workspace: Workspace) -> User:
    return factories.user("alice", workspace=workspace)


@pytest.fixture
def connected(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)
