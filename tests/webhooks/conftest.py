"""The delivery loop of a worker in a thread, on the real database and Redis, with real servers at the other end."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from messaging.webhooks import services
from messaging.webhooks.delivery import dispatcher, leases
from messaging.webhooks.delivery.dispatcher import Dispatcher
from messaging.webhooks.models import Endpoint
from sessions_app.models import Session
from tests import factories
from tests.webhooks.receiver import Receiver
from whatsapp_api.accounts.models import Role, User, Workspace
from whatsapp_api.core.http.addresses import outgoing_policy


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def alice(workspace: Workspace) -> User:
    return factories.user("alice", workspace=workspace, role=Role.ADMIN)


@pytest.fixture
def connected(workspace: Workspace) -> Session:
    return factories.connected_session(workspace)


@pytest.fixture
def loopback(settings: Any) -> None:
    """The receiver of the tests is not on the public internet."""
    settings.OUTGOING_POLICY = outgoing_policy(["127.0.0.1"])


@pytest.fixture
def receiver(loopback: None) -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def make_endpoint(workspace: Workspace, receiver: Receiver) -> Callable[..., Endpoint]:
    def make(**fields: Any) -> Endpoint:
        headers, session_id = fields.pop("headers", {}), fields.pop("session_id", None)
        defaults: dict[str, Any] = {"url": receiver.url, "patterns": ["*"], "retry_seconds": [1, 1, 1, 1, 1, 1]}
        endpoint, secret = services.endpoint_create(
            workspace_id=workspace.pk, session_id=session_id, headers=headers, **{**defaults, **fields}
        )
        endpoint.plain_secret = secret
        return endpoint

    return make


class Worker:
    """A dispatcher in a thread; `stop` as its process would, `crash` without a word."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self.dispatcher: Dispatcher | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(60)
            stuck = (
                [str(task.get_stack(limit=1)) for task in asyncio.all_tasks(self._loop)]
                if self._thread.is_alive()
                else []
            )
            assert not self._thread.is_alive(), f"the delivery loop does not end: {stuck}"

    def crash(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self.dispatcher = Dispatcher()
        try:
            self._loop.run_until_complete(self.dispatcher.run(self._stop))
        except RuntimeError:  # the loop was stopped under it
            pass


@pytest.fixture
def start_worker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Worker]]:
    monkeypatch.setattr(dispatcher, "TEND_SECONDS", 0.1)
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker())
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()
    connections.close_all()


@pytest.fixture
def worker(start_worker: Callable[[], Worker]) -> Worker:
    return start_worker()


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (leases, dispatcher):
        monkeypatch.setattr(module, "LEASE_SECONDS", 2.0)
        monkeypatch.setattr(module, "MARGIN_SECONDS", 0.3)
        monkeypatch.setattr(module, "RENEW_SECONDS", 0.5)
