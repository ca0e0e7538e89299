"""Lost transactions are tried again, but nobody waits for ever: a locked database is said to be one."""

import time

import pytest
from django.db import OperationalError

from whatsapp_api.core import db
from whatsapp_api.core.errors import database_is_away


@pytest.mark.django_db(transaction=True)
def test_a_conflict_is_tried_again() -> None:
    tries: list[int] = []

    @db.retry_conflicts
    def write() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")
        return "written"

    assert (write(), len(tries)) == ("written", 3)


@pytest.mark.django_db(transaction=True)
def test_after_a_while_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt on a locked SQLite takes the driver's own 20 s: fifty of them would be a hang."""
    monkeypatch.setattr(db, "RETRY_SECONDS", 0.05)
    tries: list[int] = []

    @db.retry_conflicts
    def write() -> None:
        tries.append(1)
        time.sleep(0.06)
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError) as given_up:
        write()
    assert len(tries) == 1
    assert database_is_away(given_up.value)
