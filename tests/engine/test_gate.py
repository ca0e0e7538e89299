import threading
import time
from types import SimpleNamespace

from sessions_app.engine import deadlines as deadlines_module
from sessions_app.engine.deadlines import Deadlines
from sessions_app.engine.gate import Gate


def test_starts_and_stops_exclude_each_other():
    gate, inside, most = Gate(), [], []

    def work():
        with gate.exclusive():
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.005)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1] * 10


def test_a_call_waits_for_the_end_of_a_start():
    gate, entered = Gate(), threading.Event()

    def call():
        with gate.entry():
            entered.set()

    with gate.exclusive():
        threading.Thread(target=call).start()
        assert not entered.wait(0.05)
    assert entered.wait(60)


def test_a_start_waits_until_a_fresh_call_is_past_its_entry():
    gate = Gate(entry_window=0.1)
    begin = time.monotonic()
    with gate.entry(), gate.exclusive():  # as if the call blocked in the library for long, until after the start
        assert time.monotonic() - begin >= 0.1


def test_a_stream_of_calls_does_not_starve_a_start():
    gate, over = Gate(entry_window=0.02), threading.Event()

    def calls():
        while not over.is_set():
            with gate.entry():
                time.sleep(0.001)

    threads = [threading.Thread(target=calls) for _ in range(4)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    with gate.exclusive():
        waited = time.monotonic() - begin
    over.set()
    for thread in threads:
        thread.join(60)
    assert waited < 30


def test_a_stream_of_starts_does_not_starve_calls():
    gate, over = Gate(entry_window=0.001), threading.Event()

    def starts():
        while not over.is_set():
            with gate.exclusive():
                time.sleep(0.002)

    threads = [threading.Thread(target=starts) for _ in range(4)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    for _ in range(20):
        with gate.entry():
            pass
    waited = time.monotonic() - begin
    over.set()
    for thread in threads:
        thread.join(60)
    assert waited < 30


def test_a_callback_leaves_its_call_alone_rather_than_wait_for_a_stop():
    gate = Gate()
    with gate.brief_entry() as entered:
        assert entered
    with gate.exclusive(), gate.brief_entry() as entered:
        assert not entered


def test_deadlines_come_in_order_and_can_be_cancelled(monkeypatch):
    now = [time.monotonic()]
    monkeypatch.setattr(deadlines_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    deadlines, calls, done = Deadlines(), [], threading.Event()

    def late():
        calls.append("late")
        done.set()

    def broken():
        raise ValueError("broken")

    deadlines.after(0.5, late)
    deadlines.after(0.02, lambda: calls.append("early"))
    deadlines.after(0.03, broken)
    deadlines.after(0.04, lambda: calls.append("never")).cancel()
    now[0] += 1  # all are due, and whoever waits is woken up
    deadlines.after(0, lambda: None)
    assert done.wait(60)
    assert calls == ["early", "late"]
