"""Writes that must happen, and those that never can."""

import threading

import pytest
from django.db import IntegrityError, OperationalError

from sessions_app.worker.durable import Faulty, Stopping, describe, durably

pytestmark = pytest.mark.django_db(transaction=True)


def failing(times, error):
    calls = []

    def work():
        calls.append(1)
        if len(calls) <= times:
            raise error
        return len(calls)

    return work


def test_a_write_is_repeated_until_the_database_takes_it():
    assert durably(failing(7, OperationalError("away")), stopping=threading.Event()) == 8


def test_a_write_that_is_at_fault_itself_is_given_up():
    with pytest.raises(Faulty):
        durably(failing(99, IntegrityError("no such thing")), stopping=threading.Event())


def test_a_worker_that_ends_does_not_wait_for_the_database():
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(Stopping):
        durably(failing(99, OperationalError("away")), stopping=stopping)


def test_an_error_is_described_without_its_text():
    with pytest.raises(Faulty) as caught:
        durably(failing(99, IntegrityError("a message that somebody wrote")), stopping=threading.Event())
    assert describe(caught.value).startswith("Faulty at durable.py:")
    assert "from IntegrityError at test_durable.py:" in describe(caught.value)
    assert "somebody" not in describe(caught.value)
