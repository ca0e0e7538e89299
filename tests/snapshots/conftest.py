"""Master keys and a storage of each test's own, and sessions that change owners."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.models import F

from sessions_app.models import Session
from tests import factories
from tests.snapshots.stores import LiveStore
from whatsapp_api.core import master_key_file


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys" / "master.key"
    master_key_file.ensure(path)
    monkeypatch.setenv("MASTER_KEY_FILE", str(path))
    monkeypatch.delenv("MASTER_KEY", raising=False)
    return path


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings) -> Path:
    """Where snapshot files go."""
    folder = tmp_path / "snapshots"
    settings.STORAGES = {
        **settings.STORAGES,
        "sessions": {
            "BACKEND": "sessions_app.snapshots.storage.PrivateFiles",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder


@pytest.fixture
def session(db) -> Session:
    return factories.session(factories.workspace(), epoch=1, owner="a")


@pytest.fixture
def live() -> Iterator[Callable[..., LiveStore]]:
    """Opens stores and closes them in the end."""
    opened: list[LiveStore] = []

    def open_store(store: Path, *, paired: bool = True) -> LiveStore:
        opened.append(LiveStore(store, paired=paired))
        return opened[-1]

    yield open_store
    for each in opened:
        each.close()


@pytest.fixture
def next_owner() -> Callable[[Session], int]:
    def take(session: Session) -> int:
        Session.objects.filter(pk=session.pk).update(epoch=F("epoch") + 1)
        session.refresh_from_db()
        return session.epoch

    return take
