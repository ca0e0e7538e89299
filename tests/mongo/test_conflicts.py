"""Many threads that change the same row get on with it, instead of making each other lose again and again."""

import threading
import uuid

import pytest
from django.db import connection

from whatsapp_api.core import db
from whatsapp_api.core.db import atomic, retry_conflicts
from whatsapp_api.events import numbering
from whatsapp_api.events.models import Event, EventType
from whatsapp_api.events.numbering import counted_first
from whatsapp_api.events.publish import publish

THREADS = 16
EACH = 10


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for somebody that is held up goes on after two seconds, and meets him: too soon on a busy machine."""
    for module, name in ((db, "TURN_SECONDS"), (db, "RETRY_SECONDS"), (numbering, "WAIT_SECONDS")):
        monkeypatch.setattr(module, name, 120.0)


@pytest.mark.django_db(transaction=True)
def test_a_crowd_takes_turns():
    if connection.vendor != "mongodb":
        pytest.skip("SQLite lets one writer in at a time")
    workspace, attempts, errors = uuid.uuid4(), [], []

    @retry_conflicts
    def work() -> None:
        attempts.append(1)
        with atomic():
            publish(EventType.MESSAGE, workspace_id=workspace, session_id=None, payload={})
            list(Event.objects.filter(workspace_id=workspace)[:1])  # longer inside, so that they do meet

    def run() -> None:
        try:
            for _ in range(EACH):
                work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    work()
    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors
    calls = THREADS * EACH + 1
    sequences = Event.objects.filter(workspace_id=workspace).order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, calls + 1)), "each is stored once, without a gap"
    assert len(attempts) < 2 * calls, f"{len(attempts)} attempts for {calls} calls"


@pytest.mark.django_db(transaction=True)
def test_who_counts_first_meets_nobody_in_this_process():
    if connection.vendor != "mongodb":
        pytest.skip("SQLite lets one writer in at a time")
    workspace, attempts = uuid.uuid4(), []

    @retry_conflicts
    def work(events: int) -> None:
        attempts.append(1)
        with counted_first(workspace):
            list(Event.objects.filter(workspace_id=workspace)[:1])
            for _ in range(events):
                publish(EventType.MESSAGE, workspace_id=workspace, session_id=None, payload={})

    def run() -> None:
        for events in (1, 0, 3, 1):
            work(events)
        with pytest.raises(ZeroDivisionError), counted_first(workspace):
            publish(EventType.MESSAGE, workspace_id=workspace, session_id=None, payload={})
            raise ZeroDivisionError
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    sequences = Event.objects.filter(workspace_id=workspace).order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, THREADS * 5 + 1)), "without a gap, whatever was taken in vain"
    assert len(attempts) == THREADS * 4
