"""A storage of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests import factories
from whatsapp_api.accounts.models import User, Workspace


@pytest.fixture(autouse=True)
def storage(settings, tmp_path: Path) -> Iterator[Path]:
    options = {**settings.STORAGES["media"]["OPTIONS"], "location": str(tmp_path / "media")}
    settings.STORAGES = {**settings.STORAGES, "media": {**settings.STORAGES["media"], "OPTIONS": options}}
    settings.DATA_DIR = tmp_path
    yield tmp_path / "media"
    assert list((tmp_path / "media-drafts").glob("*")) == []  # nothing is left behind


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def alice(workspace: Workspace) -> User:
    return factories.user("alice", workspace=workspace)


@pytest.fixture
def api(alice: User) -> APIClient:
    return factories.client(alice)
