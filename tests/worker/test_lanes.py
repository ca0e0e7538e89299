"""The threads that store events."""

import functools
import threading
import uuid

from sessions_app.worker.lanes import Lanes

SESSION = uuid.UUID(int=1)


def test_what_is_queued_is_done_before_the_end():
    lanes, done = Lanes(count=1, limit=10), []
    for number in range(5):
        lanes.put(SESSION, functools.partial(done.append, number))
    lanes.start()
    lanes.stop(within=10)
    assert done == [0, 1, 2, 3, 4]


def test_a_replaced_owner_does_nothing_more_of_it():
    lanes, done, busy, go_on = Lanes(count=1, limit=10), [], threading.Event(), threading.Event()

    def first():
        busy.set()
        go_on.wait(10)
        done.append("first")

    lanes.put(SESSION, first)
    lanes.put(SESSION, lambda: done.append("second"))
    lanes.start()
    assert busy.wait(10)
    lanes.drop()
    go_on.set()
    assert not lanes.settle(SESSION)
    lanes.stop(within=10)
    assert done == ["first"]
