"""Writes that must happen, and those that never can."""

import threading

import pytest
from django.db import IntegrityError, OperationalError

from sessions_app.worker.durable import Faulty, Stopping, durably

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
