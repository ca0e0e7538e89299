"""A transaction that ended before its commit is repeated, and the thread's next one is a whole one again."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.publish import publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mongodb_only() -> None:
    if connection.vendor != "mongodb":
        pytest.skip("about MongoDB's transactions")


def killed() -> None:
    """As `core.abandoned` does it to a process that it takes for dead."""
    connection.connection.admin.command({"killSessions": [{"id": connection.session.session_id["id"]}]})


def test_it_is_repeated():
    workspace, attempts, told = uuid.uuid4(), [], []

    @retry_conflicts
    def work() -> None:
        attempts.append(1)
        with atomic():
            transaction.on_commit(lambda: told.append(len(attempts)))
            publish(EventType.MESSAGE, workspace_id=workspace, session_id=None, payload={})
            Event.objects.filter(workspace_id=workspace).exists()
            if len(attempts) == 1:
                killed()

    work()
    assert len(attempts) == 2
    assert told == [2]
    assert Event.objects.filter(workspace_id=workspace).values_list("sequence", flat=True).get() == 1


def test_the_commit_itself_fails():
    workspace = uuid.uuid4()
    with pytest.raises(DatabaseError), atomic():
        Event.objects.filter(workspace_id=workspace).exists()
        killed()
    with pytest.raises(ZeroDivisionError), atomic():
        Event.objects.create(workspace_id=workspace, sequence=1, type="message", payload={}, created_at=timezone.now())
        raise ZeroDivisionError
    assert not Event.objects.filter(workspace_id=workspace).exists(), "it was rolled back"
