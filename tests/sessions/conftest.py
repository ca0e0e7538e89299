"""Sessions in a database, stores in a directory, and no worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions_app.quick_redis import client
from tests import factories
from whatsapp_api.accounts.models import Workspace


@pytest.fixture
def sessions_dir(settings: Any, tmp_path: Path) -> Path:
    settings.SESSIONS_DIR = tmp_path / "sessions"
    settings.SESSIONS_DIR.mkdir()
    return settings.SESSIONS_DIR


@pytest.fixture
def workspace(transactional_db: None, sessions_dir: Path) -> Iterator[Workspace]:
    client().flushdb()
    yield factories.workspace()
    client().flushdb()
