"""One person of each role in one workspace, and an owner elsewhere."""

import pytest

from sessions_app.models import Session
from tests import factories
from whatsapp_api.accounts.models import Role, User, Workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def elsewhere(db: None) -> Workspace:
    return factories.workspace("Elsewhere")


@pytest.fixture
def people(workspace: Workspace) -> dict[str, User]:
    """By role."""
    return {role: factories.user(f"the-{role}", workspace=workspace, role=role) for role in Role.values}


@pytest.fixture
def owner(people: dict[str, User]) -> User:
    return people[Role.OWNER]


@pytest.fixture
def session(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)


@pytest.fixture
def foreign(elsewhere: Workspace) -> Session:
    return factories.connected_session(elsewhere, "Theirs")
