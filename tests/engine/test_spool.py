import os
import stat

import pytest

from sessions_app.engine import spool as spool_module
from sessions_app.engine.base import SendFinished
from sessions_app.engine.errors import EngineError
from sessions_app.engine.spool import Spool
from sessions_app.engine.store import StoreLock, prepare


@pytest.fixture
def store(tmp_path):
    return prepare(tmp_path / "session")


def event(ref):
    return SendFinished(session="s", ref=str(ref))


def refs(records):
    return [record.ref for _, record in records]


def test_what_was_appended_is_left_over_in_order(store):
    spool = Spool(store)
    numbers = [spool.append(event(n)) for n in range(5)]
    assert numbers == sorted(set(numbers))
    assert [seq for seq, _ in Spool.leftovers(store)] == numbers
    assert refs(Spool.leftovers(store)) == list("01234")


def test_the_file_is_cut_when_everything_is_acknowledged(store):
    spool = Spool(store)
    numbers = [spool.append(event(n)) for n in range(50)]
    for seq in reversed(numbers):
        spool.ack(seq)
    assert spool.depth == 0
    assert (store / "spool").stat().st_size < 20
    assert Spool.leftovers(store) == []


def test_numbers_grow_over_cuts_and_restarts(store):
    spool = Spool(store)
    first = spool.append(event(1))
    spool.ack(first)
    spool.close()
    spool = Spool(store)
    second = spool.append(event(2))
    assert second > first
    spool.close()
    assert Spool(store).append(event(3)) > second


def test_what_is_not_acknowledged_is_pending_for_the_next_owner(store):
    spool = Spool(store)
    first, second = spool.append(event("a")), spool.append(event("b"))
    spool.ack(first)
    spool.close()
    # Partly acknowledged records may come again: at least once, never less.
    assert "b" in refs(Spool(store).pending())
    assert second in [seq for seq, _ in Spool(store).pending()]


def test_acknowledging_twice_or_something_unknown_does_no_harm(store):
    spool = Spool(store)
    seq = spool.append(event("a"))
    spool.append(event("b"))
    spool.ack(seq)
    spool.ack(seq)
    spool.ack(999)
    assert refs(spool.pending()) == ["b"]


@pytest.mark.parametrize("cut", [1, 5, 15, 16, 17, 30])
def test_a_torn_tail_is_tolerated(store, cut):
    spool = Spool(store)
    spool.append(event("whole"))
    spool.append(event("torn"))
    spool.close()
    path = store / "spool"
    size = path.stat().st_size
    os.truncate(path, size - cut)
    assert refs(Spool.leftovers(store)) == ["whole"]
    again = Spool(store)
    again.append(event("next"))
    assert refs(Spool.leftovers(store)) == ["whole", "next"]


def test_garbage_after_the_last_record_is_tolerated(store):
    Spool(store).append(event("whole"))
    with (store / "spool").open("ab") as file:
        file.write(os.urandom(100))
    assert refs(Spool.leftovers(store)) == ["whole"]


def test_a_death_between_mark_and_cut_loses_no_number_and_repeats_nothing(store, monkeypatch):
    spool = Spool(store)
    for n in range(3):
        last = spool.append(event(n))
    monkeypatch.setattr(os, "ftruncate", lambda fd, size: None)  # killed right before it
    for seq in range(1, last + 1):
        spool.ack(seq)
    monkeypatch.undo()
    assert Spool.leftovers(store) == []
    assert Spool(store).append(event("next")) == last + 1


def test_a_long_file_is_compacted_while_events_are_always_pending(store, monkeypatch):
    monkeypatch.setattr(spool_module, "COMPACT_AT", 2000)
    spool = Spool(store)
    oldest = spool.append(event("oldest"))
    for n in range(200):
        spool.ack(spool.append(event(n)))
    assert (store / "spool").stat().st_size < 4000
    assert refs(spool.pending()) == ["oldest"]
    assert refs(Spool.leftovers(store))[0] == "oldest"
    spool.close()
    assert Spool(store).append(event("next")) == 202
    assert oldest == 1


def test_clearing_leftovers_keeps_the_count(store):
    spool = Spool(store)
    seq = spool.append(event("a"))
    spool.close()
    Spool.clear(store)
    assert Spool.leftovers(store) == []
    assert Spool(store).append(event("b")) == seq + 1


def test_leftovers_are_refused_while_a_host_runs_the_store(store):
    Spool(store).append(event("a"))
    with StoreLock(store), pytest.raises(EngineError) as caught:
        Spool.leftovers(store)
    assert caught.value.code == "store_in_use"


def test_a_store_without_spool_has_no_leftovers(store, tmp_path):
    assert Spool.leftovers(store) == []
    assert Spool.leftovers(tmp_path / "nowhere") == []
    Spool.clear(tmp_path / "nowhere")


def test_others_cannot_read_store_or_spool(tmp_path):
    (tmp_path / "session").mkdir(mode=0o755)
    store = prepare(tmp_path / "session")
    Spool(store)
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert stat.S_IMODE((store / "spool").stat().st_mode) == 0o600


def test_a_lock_waits_for_its_predecessor_but_not_for_ever(store):
    first = StoreLock(store)
    first.acquire()
    with pytest.raises(EngineError):
        StoreLock(store).acquire(wait=0.05)
    first.release()
    second = StoreLock(store)
    second.acquire(wait=0.05)
    second.release()
